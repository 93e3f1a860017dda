import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import {
  Activity,
  type ComponentType,
  Fragment,
  lazy,
  memo,
  Profiler,
  StrictMode,
  Suspense,
  useEffect,
  useState,
} from 'react'
import { click, deferred, html, text, until } from './support.ts'

test('memo: skips with equal props, and does what its comparison says', async () => {
  const renders = { plain: 0, compared: 0 }
  const Plain = memo(function Plain({ n }: { n: number }) {
    renders.plain++
    return <b>{n}</b>
  })
  const Compared = memo(
    function Compared({ n }: { n: number }) {
      renders.compared++
      return <i>{n}</i>
    },
    (before, after) => Math.floor(before.n / 2) === Math.floor(after.n / 2),
  )
  function App() {
    const [n, setN] = useState(0)
    return (
      <button onClick={() => setN(n + 1)}>
        <Plain n={7} />
        <Compared n={n} />
      </button>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('70')
  await click(screen)
  expect(text(screen)).toBe('72')
  expect(renders).toEqual({ plain: 1, compared: 2 })
  await screen.unmount()
})

test('lazy: suspends until its module is there', async () => {
  const module = deferred<{ default: ComponentType<{ name: string }> }>()
  const Late = lazy(() => module.promise)
  const screen = await renderLive(
    <Suspense fallback="wait">
      <Late name="Ada" />
    </Suspense>,
  )
  expect(text(screen)).toBe('wait')
  module.resolve({ default: ({ name }) => <b>Hi {name}</b> })
  await until(() => text(screen) === 'Hi Ada')
  await screen.unmount()
})

test('Fragments: keyless ones dissolve, keyed ones move with their content’s state', async () => {
  const Counter = () => {
    const [n, setN] = useState(0)
    return <u onClick={() => setN(n + 1)}>{n}</u>
  }
  function App() {
    const [order, setOrder] = useState(['a', 'b'])
    return (
      <>
        <button onClick={() => setOrder([...order].reverse())}>turn </button>
        {order.map((name) => (
          <Fragment key={name}>
            {name}
            <Counter />
          </Fragment>
        ))}
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen, 'u')
  expect(text(screen)).toBe('turn a1b0')
  await click(screen)
  expect(text(screen)).toBe('turn b0a1')
  await screen.unmount()
})

test('Activity: hidden content keeps its state and has no effects', async () => {
  const log: string[] = []
  function Tab() {
    const [n, setN] = useState(0)
    useEffect(() => {
      log.push('on')
      return () => void log.push('off')
    }, [])
    return <u onClick={() => setN(n + 1)}>{n}</u>
  }
  function App() {
    const [shown, show] = useState(true)
    return (
      <>
        <button onClick={() => show(!shown)}>toggle</button>
        <Activity mode={shown ? 'visible' : 'hidden'}>
          <Tab />
        </Activity>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen, 'u')
  await click(screen)
  expect(screen.container.querySelector('u')?.style.display).toBe('none')
  expect(log).toEqual(['on', 'off'])
  await click(screen)
  expect(screen.container.querySelector('u')?.style.display).toBe('')
  expect(screen.container.querySelector('u')?.textContent).toBe('1')
  expect(log).toEqual(['on', 'off', 'on'])
  await screen.unmount()
})

test('Profiler: its content is shown, and nothing of it travels', async () => {
  const screen = await renderLive(
    <Profiler id="profile" onRender={() => {}}>
      <b>in it</b>
    </Profiler>,
  )
  expect(html(screen)).toBe('<b>in it</b>')
  expect(screen.traffic.some(({ data }) => String(data).includes('profile'))).toBe(false)
  await screen.unmount()
})

test('StrictMode: renders twice in development, here and in client components, and shows once', async () => {
  const renders = { server: 0, browser: 0 }
  const InBrowser = clientComponent('StrictInBrowser', () => {
    renders.browser++
    return <i>browser</i>
  })
  function OnServer() {
    renders.server++
    return <InBrowser />
  }
  const screen = await renderLive(
    <StrictMode>
      <OnServer />
    </StrictMode>,
  )
  expect(html(screen)).toBe('<i>browser</i>')
  expect(renders).toEqual({ server: 2, browser: 2 })
  await screen.unmount()
})
