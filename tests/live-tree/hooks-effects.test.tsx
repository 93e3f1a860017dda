import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import {
  forwardRef,
  type Ref,
  useEffect,
  useEffectEvent,
  useImperativeHandle,
  useInsertionEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { click, text, until } from './support.ts'

test('effects run in React’s order, again when dependencies change, and are cleaned up on unmount', async () => {
  const log: string[] = []
  function Child({ n }: { n: number }) {
    useInsertionEffect(() => {
      log.push(`insertion ${n}`)
      return () => void log.push(`insertion ${n} off`)
    }, [n])
    useLayoutEffect(() => {
      log.push(`layout ${n}`)
      return () => void log.push(`layout ${n} off`)
    }, [n])
    useEffect(() => {
      log.push(`effect ${n}`)
      return () => void log.push(`effect ${n} off`)
    }, [n])
    useEffect(() => {
      log.push('once')
      return () => void log.push('once off')
    }, [])
    return null
  }
  function App() {
    const [n, setN] = useState(1)
    useEffect(() => void log.push(`parent ${n}`), [n])
    return (
      <>
        <button onClick={() => setN(n + 1)}>{n}</button>
        <Child n={n} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  expect(log.splice(0)).toEqual(['insertion 1', 'layout 1', 'effect 1', 'once', 'parent 1'])
  await click(screen)
  expect(log.splice(0)).toEqual([
    'insertion 1 off',
    'insertion 2',
    'layout 1 off',
    'layout 2',
    'effect 1 off',
    'effect 2',
    'parent 2',
  ])
  await screen.unmount()
  expect(log.sort()).toEqual(['effect 2 off', 'insertion 2 off', 'layout 2 off', 'once off'])
})

test('an effect sets state later, from a timer, with nobody clicking', async () => {
  function App() {
    const [n, setN] = useState(0)
    useEffect(() => {
      const timer = setInterval(() => setN((before) => Math.min(before + 1, 3)), 2)
      return () => clearInterval(timer)
    }, [])
    return <b>{n}</b>
  }
  const screen = await renderLive(<App />)
  await until(() => text(screen) === '3')
  await screen.unmount()
})

test('a layout effect’s state is in the first frame: what was there before it is never shown', async () => {
  function App() {
    const [size, measure] = useState('?')
    useLayoutEffect(() => measure('measured'), [])
    return <b>{size}</b>
  }
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('measured')
  expect(screen.traffic.filter(({ up, data }) => !up && String(data).includes('?'))).toHaveLength(0)
  await screen.unmount()
})

test('useEffectEvent: an old effect calls the newest closure', async () => {
  const seen: number[] = []
  let fire = () => {}
  function App() {
    const [n, setN] = useState(0)
    const report = useEffectEvent(() => void seen.push(n))
    useEffect(() => {
      fire = () => report()
    }, [])
    return <button onClick={() => setN(n + 1)}>{n}</button>
  }
  const screen = await renderLive(<App />)
  fire()
  await click(screen)
  fire()
  expect(seen).toEqual([0, 1])
  await screen.unmount()
})

interface Gauge {
  add(n: number): void
}

test('useImperativeHandle: a parent calls a child on the server, through forwardRef or a ref prop', async () => {
  const Forwarded = forwardRef<Gauge>(function Forwarded(_, ref) {
    const [n, setN] = useState(0)
    useImperativeHandle(ref, () => ({ add: (by) => setN((before) => before + by) }), [])
    return <b>{n}</b>
  })
  function WithProp({ ref }: { ref: Ref<Gauge> }) {
    const [n, setN] = useState(100)
    useImperativeHandle(ref, () => ({ add: (by) => setN((before) => before + by) }), [])
    return <i>{n}</i>
  }
  function App() {
    const first = useRef<Gauge>(null)
    const second = useRef<Gauge>(null)
    const addBoth = () => {
      first.current?.add(1)
      second.current?.add(2)
    }
    return (
      <>
        <button onClick={addBoth}>add </button>
        <Forwarded ref={first} />
        <WithProp ref={second} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('add 0100')
  await click(screen)
  expect(text(screen)).toBe('add 1102')
  await screen.unmount()
})
