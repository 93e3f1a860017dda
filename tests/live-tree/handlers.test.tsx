import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { click, deferred, framesSince, quietConsole, text, until } from './support.ts'

quietConsole()

interface ProbeProps {
  readonly ask: (...args: never[]) => unknown
}

/** Hands the handler it is given to the test. */
let ask: (...args: unknown[]) => Promise<unknown> = async () => {}
const Probe = clientComponent('HandlersProbe', ({ ask: given }: ProbeProps): ReactNode => {
  ask = given as typeof ask
  return null
})

test('arguments arrive as they were given', async () => {
  const seen: unknown[][] = []
  const screen = await renderLive(<Probe ask={(...args: unknown[]) => void seen.push(args)} />)
  const args = [
    'text $ "quoted"',
    -0,
    12n,
    undefined,
    null,
    new Date(7),
    { nested: [1, { deep: true }] },
    new Map([['a', new Set([1])]]),
    Number.POSITIVE_INFINITY,
    // Data that looks like what stands for something else.
    { '@': [1, 2], '@function': { '@live': { '@data': 1 } } },
    [{ '@data': { '@file': [0] } }],
  ]
  await ask(...args)
  await ask()
  expect(seen).toEqual([args, []])
  await screen.unmount()
})

test('what has parts of its own arrives too: promises, forms, bytes, streams', async () => {
  const seen: unknown[] = []
  const screen = await renderLive(<Probe ask={(...args: unknown[]) => void seen.push(...args)} />)
  const form = new FormData()
  form.append('tag', 'a')
  form.append('tag', 'b')
  async function* count() {
    yield 1
    yield { two: 2 }
  }
  const readable = new ReadableStream({
    start(controller) {
      controller.enqueue('chunk')
      controller.close()
    },
  })
  await ask(Promise.resolve('later'), form, new Uint8Array([0, 255]), count(), readable)
  const [promise, arrived, bytes, iterable, stream] = seen as [
    Promise<string>,
    FormData,
    Uint8Array,
    AsyncIterable<unknown>,
    ReadableStream,
  ]
  expect(await promise).toBe('later')
  expect(arrived.getAll('tag')).toEqual(['a', 'b'])
  expect([...bytes]).toEqual([0, 255])
  const values: unknown[] = []
  for await (const value of iterable) values.push(value)
  expect(values).toEqual([1, { two: 2 }])
  expect(await stream.getReader().read()).toEqual({ done: false, value: 'chunk' })
  await screen.unmount()
})

test('results come back as they were returned, also later and also elements', async () => {
  const results: unknown[] = [
    'text',
    undefined,
    null,
    new Date(7),
    new Map([['key', { set: new Set([1n]) }]]),
    [1, { two: [3] }],
  ]
  let next: unknown
  const screen = await renderLive(<Probe ask={() => next} />)
  for (const result of results) {
    next = result
    expect(await ask()).toEqual(result)
    next = Promise.resolve(result)
    expect(await ask()).toEqual(result)
  }
  next = <b title="made on the server">hi</b>
  const element = (await ask()) as { type: string; props: object }
  expect([element.type, element.props]).toEqual(['b', { title: 'made on the server', children: 'hi' }])
  const later = deferred<string>()
  next = { now: 1, later: later.promise }
  const partial = (await ask()) as { now: number; later: Promise<string> }
  expect(partial.now).toBe(1)
  later.resolve('then')
  expect(await partial.later).toBe('then')
  await screen.unmount()
})

test('what a handler throws rejects the call, with a digest; what cannot travel as a result says so', async () => {
  class Secret {}
  const logged: string[] = []
  const screen = await renderLive(
    <Probe
      ask={(how: string) => {
        if (how === 'throw') throw new Error('at once')
        if (how === 'reject') return Promise.reject(new Error('later'))
        return { secret: new Secret() }
      }}
    />,
    { onError: (_, { code, digest }) => void logged.push(`${code} ${digest}`) },
  )
  for (const how of ['throw', 'reject']) {
    const error = await ask(how).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'handler_failed', digest: expect.any(String) })
    expect(logged.pop()).toBe(`handler_failed ${(error as { digest: string }).digest}`)
  }
  await expect(ask('class')).rejects.toMatchObject({ digest: expect.any(String) })
  expect(logged.pop()).toMatch(/^result_not_serializable /)
  await screen.unmount()
})

test('calls run in the order in which they were made, however long their arguments take', async () => {
  const order: number[] = []
  const screen = await renderLive(<Probe ask={(n: number) => void order.push(n)} />)
  await Promise.all([ask(1), ask(2, new Map([[1, Promise.resolve(2)]])), ask(3), ask(4)])
  expect(order).toEqual([1, 2, 3, 4])
  await screen.unmount()
})

test('an event on a host element: its fields reach the closure', async () => {
  const seen: unknown[] = []
  function App() {
    const [typed, type] = useState('')
    return (
      <>
        <input
          name="word"
          data-lang="fi"
          onChange={(event) => type(event.target.value)}
          onKeyDown={({ key, shiftKey, currentTarget }) => seen.push([key, shiftKey, currentTarget.dataset])}
        />
        <output>{typed}</output>
      </>
    )
  }
  const screen = await renderLive(<App />)
  const input = screen.container.querySelector('input') as HTMLInputElement
  const { KeyboardEvent, InputEvent } = window as unknown as typeof globalThis
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', shiftKey: true, bubbles: true }))
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value')?.set?.call(input, 'sana')
  input.dispatchEvent(new InputEvent('input', { bubbles: true }))
  await screen.settled()
  expect(seen).toEqual([['x', true, { lang: 'fi' }]])
  expect(text(screen)).toBe('sana')
  await screen.unmount()
})

test('a closure sees the state of its own render, and a new one sends nothing', async () => {
  const seen: number[] = []
  function App() {
    const [n, setN] = useState(0)
    const [, refresh] = useState(0)
    return (
      <>
        <button onClick={() => setN(n + 1)}>{n}</button>
        <i onClick={() => refresh((before) => before + 1)}>refresh</i>
        <u onClick={() => seen.push(n)}>look</u>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen, 'u')
  await click(screen)
  await click(screen, 'u')
  expect(seen).toEqual([0, 1])
  const from = screen.traffic.length
  await click(screen, 'i')
  expect(framesSince(screen, from)).toEqual([])
  await screen.unmount()
})

test('two states set in one handler, in two components, travel as one frame', async () => {
  let setOther: (n: number) => void = () => {}
  function Other() {
    const [n, set] = useState(0)
    setOther = set
    return <b>{n}</b>
  }
  function App() {
    const [n, setN] = useState(0)
    const [m, setM] = useState(0)
    const all = () => {
      setN(1)
      setM(2)
      setOther(3)
    }
    return (
      <button onClick={all}>
        {n}
        {m}
        <Other />
      </button>
    )
  }
  const screen = await renderLive(<App />)
  const from = screen.traffic.length
  await click(screen)
  expect(text(screen)).toBe('123')
  expect(framesSince(screen, from)).toHaveLength(1)
  await screen.unmount()
})

test('a client component’s own async action may wait for a handler: nothing waits for itself', async () => {
  const { useTransition } = await import('react')
  const Saver = clientComponent(
    'HandlersSaver',
    ({ save, children }: { save(): Promise<void>; children: ReactNode }) => {
      const [pending, start] = useTransition()
      return (
        <button onClick={() => start(async () => await save())}>
          {pending ? 'saving ' : 'idle '}
          {children}
        </button>
      )
    },
  )
  const stored = deferred()
  function App() {
    const [state, set] = useState('new')
    const save = async () => {
      set('half')
      await stored.promise
      set('stored')
    }
    return <Saver save={save}>{state}</Saver>
  }
  const screen = await renderLive(<App />)
  await click(screen)
  // What is set in a transition shows when it ends, as in React.
  expect(text(screen)).toBe('saving new')
  stored.resolve()
  await until(() => text(screen) === 'idle stored')
  await screen.unmount()
})
