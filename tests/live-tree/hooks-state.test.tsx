import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import {
  createContext,
  memo,
  type ReactNode,
  use,
  useCallback,
  useContext,
  useDebugValue,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { click, html, text } from './support.ts'

test('useState: lazy initial state, updates from the state before, and no render for the same state', async () => {
  let initialised = 0
  let renders = 0
  function App() {
    renders++
    const [n, setN] = useState(() => {
      initialised++
      return 10
    })
    const addTwo = () => {
      setN((before) => before + 1)
      setN((before) => before + 1)
    }
    return (
      <>
        <button onClick={addTwo}>{n}</button>
        <i onClick={() => setN(n)}>same</i>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(html(screen)).toBe('<button>12</button><i>same</i>')
  expect(initialised).toBe(1)
  const before = { renders, messages: screen.traffic.length }
  await click(screen, 'i')
  // React may look once more before it bails out.
  expect(renders - before.renders).toBeLessThanOrEqual(1)
  expect(screen.traffic.slice(before.messages).filter(({ up }) => !up)).toHaveLength(1)
  await screen.unmount()
})

test('useState: setting state while rendering settles in one output', async () => {
  function App() {
    const [n, setN] = useState(0)
    if (n < 3) setN(n + 1)
    return <b>{n}</b>
  }
  const screen = await renderLive(<App />)
  expect(html(screen)).toBe('<b>3</b>')
  await screen.unmount()
})

test('useReducer: initial state from an argument, and actions in order', async () => {
  const reduce = (log: string, action: string) => `${log}${action}`
  function App() {
    const [log, dispatch] = useReducer(reduce, 'a', (start) => `<${start}>`)
    const both = () => {
      dispatch('1')
      dispatch('2')
    }
    return <button onClick={both}>{log}</button>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  await click(screen)
  expect(text(screen)).toBe('<a>1212')
  await screen.unmount()
})

test('useRef: keeps its value between renders and causes none', async () => {
  function App() {
    const clicks = useRef(0)
    const [shown, show] = useState(0)
    useDebugValue(shown)
    return (
      <>
        <button onClick={() => void clicks.current++}>count</button>
        <i onClick={() => show(clicks.current)}>{shown}</i>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  await click(screen)
  expect(text(screen)).toBe('count0')
  await click(screen, 'i')
  expect(text(screen)).toBe('count2')
  await screen.unmount()
})

test('useMemo and useCallback: kept while their dependencies are the same', async () => {
  let computed = 0
  let childRenders = 0
  const Child = memo(function Child({ onPick, doubled }: { onPick(): void; doubled: number }) {
    childRenders++
    return <u onClick={onPick}>{doubled}</u>
  })
  function App() {
    const [n, setN] = useState(1)
    const [other, setOther] = useState(0)
    const doubled = useMemo(() => {
      computed++
      return n * 2
    }, [n])
    const onPick = useCallback(() => setN((before) => before + 1), [])
    return (
      <>
        <button onClick={() => setOther(other + 1)}>{other}</button>
        <Child onPick={onPick} doubled={doubled} />
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  await click(screen)
  expect([computed, childRenders]).toEqual([1, 1])
  await click(screen, 'u')
  expect(text(screen)).toBe('24')
  expect([computed, childRenders]).toEqual([2, 2])
  await screen.unmount()
})

test('useContext and use(context): default, nearest provider, and changes that pass a memo', async () => {
  const Theme = createContext('default')
  const Reader = () => <b>{useContext(Theme)}</b>
  const Late = ({ read }: { read: boolean }) => <i>{read ? use(Theme) : 'off'}</i>
  const Between = memo(function Between() {
    return (
      <p>
        <Reader />
        <Late read />
        <Theme value="inner">
          <Reader />
        </Theme>
      </p>
    )
  })
  function App() {
    const [theme, setTheme] = useState('one')
    return (
      <>
        <button onClick={() => setTheme('two')}>go</button>
        <Reader />
        <Theme.Provider value={theme}>
          <Between />
          <Theme.Consumer>{(value) => <u>{value}</u>}</Theme.Consumer>
        </Theme.Provider>
      </>
    )
  }
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('godefaultoneoneinnerone')
  await click(screen)
  expect(text(screen)).toBe('godefaulttwotwoinnertwo')
  await screen.unmount()
})

test('useSyncExternalStore: shows the store, follows it, and lets it go', async () => {
  const watchers = new Set<() => void>()
  let value = 'a'
  const set = (next: string) => {
    value = next
    for (const watcher of watchers) watcher()
  }
  const subscribe = (watcher: () => void) => {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }
  const App = (): ReactNode => <b>{useSyncExternalStore(subscribe, () => value)}</b>
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('a')
  set('b')
  await screen.settled()
  expect(text(screen)).toBe('b')
  await screen.unmount()
  expect(watchers.size).toBe(0)
})
