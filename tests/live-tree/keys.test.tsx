import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { useState } from 'react'
import { click, framesSince, text } from './support.ts'

function ServerCount() {
  const [n, setN] = useState(0)
  return <u onClick={() => setN(n + 1)}>s{n}</u>
}

const ClientCount = clientComponent('KeysClientCount', () => {
  const [n, setN] = useState(0)
  return <s onClick={() => setN(n + 1)}>c{n}</s>
})

let setRows: (rows: readonly string[]) => void = () => {}

function Rows({ first }: { first: readonly string[] }) {
  const [rows, set] = useState(first)
  setRows = set
  return (
    <ul>
      {rows.map((row) => (
        <li key={row}>
          {row}
          <ServerCount />
          <ClientCount />
        </li>
      ))}
    </ul>
  )
}

// First, for React says it once only.
test('a fragment’s children need no keys, also after one of them was patched', async () => {
  const warned = jest.spyOn(console, 'error').mockImplementation(() => {})
  function App() {
    const [n, setN] = useState(0)
    return (
      <>
        <button onClick={() => setN(n + 1)}>{n}</button>
        <p title={`${n}`}>{n}</p>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('11')
  expect(warned).not.toHaveBeenCalled()
  warned.mockRestore()
  await screen.unmount()
})

test('reordering keeps the state of both halves, and the DOM nodes', async () => {
  const screen = await renderLive(<Rows first={['a', 'b', 'c']} />)
  await click(screen, 'li:nth-child(1) u')
  await click(screen, 'li:nth-child(2) s')
  const [a, b] = screen.container.querySelectorAll('li')
  expect(text(screen)).toBe('as1c0bs0c1cs0c0')
  setRows(['c', 'b', 'x', 'a'])
  await screen.settled()
  expect(text(screen)).toBe('cs0c0bs0c1xs0c0as1c0')
  const after = screen.container.querySelectorAll('li')
  expect([after[3], after[1]]).toEqual([a, b])
  await screen.unmount()
})

test('a key that goes and comes back starts afresh in both halves', async () => {
  const screen = await renderLive(<Rows first={['a', 'b']} />)
  await click(screen, 'li:nth-child(1) u')
  await click(screen, 'li:nth-child(1) s')
  expect(text(screen)).toBe('as1c1bs0c0')
  setRows(['b'])
  await screen.settled()
  setRows(['a', 'b'])
  await screen.settled()
  expect(text(screen)).toBe('as0c0bs0c0')
  await screen.unmount()
})

test('another key, or another type in the same place, is another instance', async () => {
  const Other = () => <ServerCount />
  function App() {
    const [step, setStep] = useState(0)
    return (
      <>
        <button onClick={() => setStep(step + 1)}>{step} </button>
        <p>{step < 2 ? <ServerCount key={step === 0 ? 'one' : 'two'} /> : <Other />}</p>
        <ClientCount key={step} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  for (const step of [0, 1]) {
    await click(screen, 'u')
    await click(screen, 's')
    expect(text(screen)).toBe(`${step} s1c1`)
    await click(screen)
    expect(text(screen)).toBe(`${step + 1} s0c0`)
  }
  await screen.unmount()
})

test('inserting, moving or removing one row of 300 sends that row alone', async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `row ${i}`)
  function Table() {
    const [all, set] = useState(rows)
    setRows = set as typeof setRows
    return (
      <ul>
        {all.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
    )
  }
  const screen = await renderLive(<Table />)
  const bytesOf = async (next: readonly string[]) => {
    const from = screen.traffic.length
    setRows(next)
    await screen.settled()
    expect(text(screen)).toBe(next.join(''))
    const frames = framesSince(screen, from)
    expect(frames).toHaveLength(1)
    return frames[0]?.length
  }
  const inserted = [...rows.slice(0, 100), 'new', ...rows.slice(100)]
  expect(await bytesOf(inserted)).toBeLessThan(120)
  const moved = [...inserted.slice(1), inserted[0] as string]
  expect(await bytesOf(moved)).toBeLessThan(60)
  expect(await bytesOf(moved.slice(1))).toBeLessThan(50)
  expect(await bytesOf(['first', ...moved.slice(1)])).toBeLessThan(110)
  await screen.unmount()
})
