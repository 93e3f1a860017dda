import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import {
  Component,
  lazy,
  type ReactNode,
  Suspense,
  startTransition,
  use,
  useActionState,
  useDeferredValue,
  useOptimistic,
  useState,
  useTransition,
} from 'react'
import { click, deferred, html, quietConsole, text, until, wait } from './support.ts'

quietConsole()

class Boundary extends Component<{ children: ReactNode }> {
  static getDerivedStateFromError = () => ({ failed: true })
  override state = { failed: false }
  override render = () => (this.state.failed ? 'failed' : this.props.children)
}

test('useTransition: pending while an async action runs, then its result', async () => {
  const work = deferred()
  function App() {
    const [pending, start] = useTransition()
    const [done, setDone] = useState('no')
    const go = () =>
      start(async () => {
        await work.promise
        start(() => setDone('yes'))
      })
    return <button onClick={go}>{pending ? 'pending' : done}</button>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('pending')
  work.resolve()
  await screen.settled()
  expect(text(screen)).toBe('yes')
  await screen.unmount()
})

test('useTransition: what suspends leaves the old content on screen, and says that it is pending', async () => {
  const page = deferred<string>()
  const Page = ({ content }: { content: Promise<string> | string }) => (
    <b>{typeof content === 'string' ? content : use(content)}</b>
  )
  function App() {
    const [pending, start] = useTransition()
    const [content, setContent] = useState<Promise<string> | string>('old')
    return (
      <>
        <button onClick={() => start(() => setContent(page.promise))}>
          {pending ? 'pending ' : 'idle '}
        </button>
        <Suspense fallback="fallback">
          <Page content={content} />
        </Suspense>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('pending old')
  page.resolve('new')
  await screen.settled()
  expect(text(screen)).toBe('idle new')
  await screen.unmount()
})

test('useDeferredValue: the initial value first, then the value', async () => {
  const renders: string[] = []
  function App() {
    const [value, setValue] = useState('a')
    const deferredValue = useDeferredValue(value, 'first')
    renders.push(`${value} ${deferredValue}`)
    return <button onClick={() => setValue('b')}>{deferredValue}</button>
  }
  const screen = await renderLive(<App />)
  expect(text(screen)).toBe('a')
  await click(screen)
  expect(text(screen)).toBe('b')
  expect(renders).toEqual(['a first', 'a a', 'b a', 'b b'])
  await screen.unmount()
})

test('use(promise): shows the fallback, then the value; a rejection reaches the boundary', async () => {
  const value = deferred<string>()
  const Value = () => <b>{use(value.promise)}</b>
  const App = () => (
    <Suspense fallback={<i>wait</i>}>
      <Value />
    </Suspense>
  )
  const screen = await renderLive(<App />)
  expect(html(screen)).toBe('<i>wait</i>')
  value.resolve('here')
  await until(() => html(screen) === '<b>here</b>')
  await screen.unmount()

  const failing = deferred<string>()
  const Failing = () => <b>{use(failing.promise)}</b>
  const second = await renderLive(<Failing />, { onError: () => {} })
  expect(html(second)).toBe('loading')
  failing.reject(new Error('no'))
  await until(() => html(second) === 'error: root_failed')
  await second.unmount()
})

test('useActionState: runs actions one after another, each from the state before', async () => {
  const gates = [deferred(), deferred()]
  let started = 0
  function App() {
    const [state, dispatch, pending] = useActionState(async (before: string, payload: string) => {
      await gates[started++]?.promise
      return before + payload
    }, '')
    const both = () =>
      startTransition(() => {
        dispatch('x')
        dispatch('y')
      })
    return <button onClick={both}>{pending ? 'pending' : `state ${state}`}</button>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('pending')
  await wait(5)
  expect(started).toBe(1)
  gates[0]?.resolve()
  gates[1]?.resolve()
  await until(() => text(screen) === 'state xy')
  await screen.unmount()
})

test('useActionState as the action of a form gets the form’s fields', async () => {
  function App() {
    const [greeting, greet] = useActionState(async (_: string, form: FormData) => `Hi ${form.get('who')}`, '')
    return (
      <form action={greet}>
        <input name="who" defaultValue="Ada" />
        <button type="submit">send</button>
        <output>{greeting}</output>
      </form>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  await until(() => screen.container.querySelector('output')?.textContent === 'Hi Ada')
  await screen.unmount()
})

test('useOptimistic: shows the guess while the action runs, then the truth', async () => {
  const saved = deferred<string>()
  function App() {
    const [name, setName] = useState('old')
    const [shown, guess] = useOptimistic(name)
    const save = () =>
      startTransition(async () => {
        guess('guess')
        const truth = await saved.promise
        startTransition(() => setName(truth))
      })
    return <button onClick={save}>{shown}</button>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('guess')
  saved.resolve('truth')
  await screen.settled()
  expect(text(screen)).toBe('truth')
  await screen.unmount()
})

test('useOptimistic in the action of a form: the guess stands until the action has ended', async () => {
  const saved = deferred()
  function App() {
    const [items, setItems] = useState<string[]>([])
    const [shown, add] = useOptimistic(items, (all, item: string) => [...all, `${item}?`])
    const save = async (form: FormData) => {
      const item = String(form.get('item'))
      add(item)
      await saved.promise
      setItems((all) => [...all, item])
    }
    return (
      <form action={save}>
        <input name="item" defaultValue="tea" />
        <button type="submit">add</button>
        <output>{shown.join()}</output>
      </form>
    )
  }
  const screen = await renderLive(<App />)
  const output = () => screen.container.querySelector('output')?.textContent
  await click(screen)
  expect(output()).toBe('tea?')
  saved.resolve()
  await until(() => output() === 'tea')
  await screen.unmount()
})

test('one user’s unfinished action holds nobody else back', async () => {
  const never = new Promise<void>(() => {})
  function Stuck() {
    const [pending, start] = useTransition()
    return <button onClick={() => start(() => never)}>{pending ? 'stuck' : 'idle'}</button>
  }
  function Other() {
    const [n, setN] = useState(0)
    return <button onClick={() => startTransition(() => setN(n + 1))}>{n}</button>
  }
  const stuck = await renderLive(<Stuck />)
  const other = await renderLive(<Other />)
  await click(stuck)
  expect(text(stuck)).toBe('stuck')
  await click(other)
  expect(text(other)).toBe('1')
  await stuck.unmount()
  await other.unmount()
})

test('an error is shown, and the page goes on, while an action has not ended; what the action set waits for its end', async () => {
  const work = deferred()
  const setters: Record<string, (n: number) => void> = {}
  function Shaky() {
    const [n, setN] = useState(0)
    setters.shaky = setN
    if (n === 1) throw new Error('planned')
    return 'well'
  }
  function Ticker() {
    const [n, setN] = useState(0)
    setters.ticker = setN
    return ` ${n} `
  }
  function Action() {
    const [done, setDone] = useState('no')
    const go = () =>
      startTransition(async () => {
        setDone('begun')
        await work.promise
      })
    return <button onClick={go}>{done}</button>
  }
  const App = () => (
    <>
      <Boundary>
        <Shaky />
      </Boundary>
      <Ticker />
      <Action />
    </>
  )
  const screen = await renderLive(<App />, { onError: () => {} })
  await click(screen)
  expect(text(screen)).toBe('well 0 no')
  setters.ticker?.(1)
  await until(() => text(screen) === 'well 1 no')
  setters.shaky?.(1)
  await until(() => text(screen).startsWith('failed 1'))
  setters.ticker?.(2)
  await until(() => text(screen).startsWith('failed 2'))
  work.resolve()
  await until(() => text(screen) === 'failed 2 begun')
  await screen.unmount()
})

test('what waits for a promise that was thrown is not tried again and again, where something beside it waits too', async () => {
  const never = new Promise<never>(() => {})
  let tries = 0
  const Throws = (): ReactNode => {
    tries++
    throw never
  }
  const Loads = lazy(() => {
    tries++
    return never
  })
  const boundary = (key: string, content: ReactNode) => (
    <Suspense key={key} fallback={<i>wait</i>}>
      {content}
    </Suspense>
  )
  for (const waits of [<Throws key="w" />, <Loads key="w" />]) {
    tries = 0
    const Later = async () => <b>{waits}</b>
    const screen = await renderLive(
      <>
        <Later />
        {boundary('other', waits)}
      </>,
    )
    await wait(100)
    expect(tries).toBeLessThan(10)
    await screen.unmount()
  }
})
