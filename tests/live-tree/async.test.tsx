import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { Suspense, useState } from 'react'
import { click, deferred, html, text, until, wait } from './support.ts'

test('an async component: fallback first, then its output; the rest does not wait', async () => {
  const slow = deferred<string>()
  async function Slow() {
    return <b>{await slow.promise}</b>
  }
  const screen = await renderLive(
    <main>
      <i>at once</i>
      <Suspense fallback={<u>wait</u>}>
        <Slow />
      </Suspense>
    </main>,
  )
  expect(html(screen)).toBe('<main><i>at once</i><u>wait</u></main>')
  slow.resolve('slow')
  await until(() => html(screen) === '<main><i>at once</i><b>slow</b></main>')
  await screen.unmount()
})

test('several async components are revealed as they come, each in its own boundary', async () => {
  const gates = [deferred<string>(), deferred<string>()]
  async function Part({ index }: { index: number }) {
    return <b>{await gates[index]?.promise}</b>
  }
  const screen = await renderLive(
    <>
      <Suspense fallback="wait0 ">
        <Part index={0} />
      </Suspense>
      <Suspense fallback="wait1 ">
        <Part index={1} />
      </Suspense>
    </>,
  )
  expect(text(screen)).toBe('wait0 wait1 ')
  gates[1]?.resolve('second')
  await until(() => text(screen) === 'wait0 second')
  gates[0]?.resolve('first')
  await until(() => text(screen) === 'firstsecond')
  await screen.unmount()
})

test('an update of an async component keeps the old output until the new one is ready', async () => {
  const gates: ReturnType<typeof deferred<void>>[] = []
  let calls = 0
  async function Page({ n }: { n: number }) {
    calls++
    const gate = deferred<void>()
    gates[n] = gate
    await gate.promise
    return <b>page {n}</b>
  }
  function App() {
    const [n, setN] = useState(0)
    return (
      <>
        <button onClick={() => setN(n + 1)}>next {n}, </button>
        <Suspense fallback="wait">
          <Page n={n} />
        </Suspense>
      </>
    )
  }
  const screen = await renderLive(<App />)
  gates[0]?.resolve()
  await until(() => text(screen) === 'next 0, page 0')
  await click(screen)
  await click(screen)
  await wait(350)
  expect(text(screen)).toBe('next 2, page 0')
  gates[2]?.resolve()
  await until(() => text(screen) === 'next 2, page 2')
  // A late answer to a question that is no longer asked.
  gates[1]?.resolve()
  await screen.settled()
  expect(text(screen)).toBe('next 2, page 2')
  expect(calls).toBe(3)
  await screen.unmount()
})

test('a promise among the children stands for what it resolves to', async () => {
  const child = deferred<string>()
  const App = () => (
    <p>
      <Suspense fallback="wait">{child.promise}</Suspense>
    </p>
  )
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('wait')
  child.resolve('came')
  await until(() => text(screen) === 'came')
  await screen.unmount()
})

test('an async generator: every value is the new output; state inside it lives on', async () => {
  const steps = [deferred(), deferred()]
  const Counter = () => {
    const [n, setN] = useState(0)
    return <u onClick={() => setN(n + 1)}>{n}</u>
  }
  async function* Ticker() {
    yield (
      <p>
        one <Counter />
      </p>
    )
    await steps[0]?.promise
    yield (
      <p>
        two <Counter />
      </p>
    )
    await steps[1]?.promise
    yield <b>three</b>
  }
  const screen = await renderLive(<Ticker />)
  await until(() => text(screen) === 'one 0')
  await click(screen, 'u')
  steps[0]?.resolve()
  await until(() => text(screen) === 'two 1')
  steps[1]?.resolve()
  await until(() => html(screen) === '<b>three</b>')
  await screen.unmount()
})

test('an async generator is ended by `return()` when it is unmounted and when another one takes its place', async () => {
  const log: string[] = []
  async function* Feed({ name }: { name: string }) {
    try {
      for (let i = 0; ; i++) {
        yield <b>{`${name}${Math.min(i, 2)}`}</b>
        await wait(2)
      }
    } finally {
      log.push(`${name} ended`)
    }
  }
  function App() {
    const [name, setName] = useState('a')
    return (
      <>
        <button onClick={() => setName('b')}>go </button>
        <Feed name={name} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  await until(() => text(screen) === 'go a2')
  screen.container.querySelector('button')?.click()
  await until(() => text(screen) === 'go b2')
  await until(() => log.length === 1)
  expect(log).toEqual(['a ended'])
  await screen.unmount()
  await until(() => log.length === 2)
  expect(log[1]).toBe('b ended')
})

test('without a Suspense of its own, a suspended tree leaves the page’s fallback in place', async () => {
  const slow = deferred<string>()
  async function Slow() {
    return <b>{await slow.promise}</b>
  }
  const screen = await renderLive(<Slow />, { fallback: <i>page’s own</i> })
  expect(html(screen)).toBe('<i>page’s own</i>')
  slow.resolve('here')
  await until(() => html(screen) === '<b>here</b>')
  await screen.unmount()
})

test('a click on content that waits for its next runs the closure on screen, whatever else came on screen meanwhile', async () => {
  const gate = deferred()
  const seen: string[] = []
  let next = () => {}
  let refresh = () => {}
  async function Later() {
    await gate.promise
    return <i> later</i>
  }
  const Old = () => <u onClick={() => seen.push('old')}> old</u>
  function Page() {
    const [n, set] = useState(0)
    next = () => set(1)
    return (
      <p>
        <button onClick={() => seen.push(`page ${n}`)}>page {n}</button>
        {n === 0 ? <Old /> : <Later />}
      </p>
    )
  }
  function Other() {
    const [n, set] = useState(0)
    refresh = () => set((before) => before + 1)
    return <b>, other {n}</b>
  }
  const screen = await renderLive(
    <>
      <Suspense fallback="wait">
        <Page />
      </Suspense>
      <Other />
    </>,
  )
  next()
  await screen.settled()
  for (const n of [1, 2]) {
    refresh()
    await until(() => text(screen) === `page 0 old, other ${n}`)
    await screen.settled()
  }
  await click(screen, 'button')
  await click(screen, 'u')
  expect(seen.splice(0)).toEqual(['page 0', 'old'])
  gate.resolve()
  await until(() => text(screen) === 'page 1 later, other 2')
  await screen.settled()
  await click(screen, 'button')
  expect(seen).toEqual(['page 1'])
  await screen.unmount()
})
