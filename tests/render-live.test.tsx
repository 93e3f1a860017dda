import './support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { useState } from 'react'

function Counter() {
  const [n, setN] = useState(0)
  return <button onClick={() => setN(n + 1)}>Clicked {n} times</button>
}

test('a click runs on the server and a patch of a few bytes comes back', async () => {
  const screen = await renderLive(<Counter />)
  expect(screen.container.innerHTML).toBe('<button>Clicked 0 times</button>')
  const before = screen.traffic.length
  screen.container.querySelector('button')?.click()
  await screen.settled()
  expect(screen.container.innerHTML).toBe('<button>Clicked 1 times</button>')
  const frame = screen.traffic.slice(before).find(({ up, data }) => !up && String(data).startsWith('f'))
  expect(frame?.data).toBe('f1,2\n0:[[2,[1],1]]\n')
  await screen.unmount()
})

test('a client component takes server-rendered children and a handler', async () => {
  const Panel = clientComponent('Panel', ({ title, children, onPick }: PanelProps) => {
    const [open, setOpen] = useState(true)
    return (
      <section>
        <h2 onClick={() => setOpen(!open)}>{title}</h2>
        <button onClick={() => onPick('it')}>pick</button>
        {open ? children : null}
      </section>
    )
  })
  interface PanelProps {
    title: React.ReactNode
    children: React.ReactNode
    onPick(what: string): void
  }
  function App() {
    const [picked, setPicked] = useState('nothing')
    return (
      <Panel title={<Counter />} onPick={(what) => setPicked(what)}>
        picked {picked}
      </Panel>
    )
  }
  const screen = await renderLive(<App />)
  const [, pick] = screen.container.querySelectorAll('button')
  pick?.click()
  await screen.settled()
  expect(screen.container.textContent).toBe('Clicked 0 timespickpicked it')
  await screen.unmount()
})
