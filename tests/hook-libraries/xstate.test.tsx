// Before the DOM: on a server, libraries find none when they are loaded.
import { createActorContext, useActorRef, useMachine, useSelector } from '@xstate/react'
import { assign, fromCallback, fromPromise, setup } from 'xstate'
import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { useState } from 'react'
import { click, deferred, framesSince, text, until } from '../live-tree/support.ts'
import { joinServer, type TimerWatch, watchTimers } from './support.tsx'

let timers: TimerWatch
beforeEach(() => {
  timers = watchTimers()
})
afterEach(() => timers.restore())

const delayMs = 54_321

const toggle = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'toggle' } },
}).createMachine({
  initial: 'off',
  context: { count: 0 },
  states: {
    off: { on: { toggle: { target: 'on', actions: assign({ count: ({ context }) => context.count + 1 }) } } },
    on: { on: { toggle: 'off' }, after: { [delayMs]: 'off' } },
  },
})

function Toggle() {
  const [state, send] = useMachine(toggle)
  return (
    <button onClick={() => send({ type: 'toggle' })}>
      {String(state.value)} {state.context.count}
    </button>
  )
}

test('useMachine: clicks are events, and a machine belongs to its component', async () => {
  const screen = await renderLive(<Toggle />)
  const other = await joinServer(screen.server)
  expect(text(screen)).toBe('off 0')
  const from = screen.traffic.length
  await click(screen)
  expect([text(screen), other.text()]).toEqual(['on 1', 'off 0'])
  expect(framesSince(screen, from)).toHaveLength(1)
  await click(screen)
  expect(text(screen)).toBe('off 1')
  await other.close()
  await screen.unmount()
})

test('leaving stops a machine that waits for a delayed transition', async () => {
  function App() {
    const [open, setOpen] = useState(true)
    return (
      <>
        {open && <Toggle />}
        <u onClick={() => setOpen(false)}>close</u>
      </>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(timers.pending()).toContain(delayMs)
  await click(screen, 'u')
  expect(text(screen)).toBe('close')
  expect(timers.pending()).not.toContain(delayMs)
  await screen.unmount()
  await timers.nonePending()
})

test('a delayed transition comes with nobody clicking', async () => {
  const lights = setup({}).createMachine({
    initial: 'red',
    states: {
      red: { after: { 20: 'green' } },
      green: { after: { 20: 'yellow' } },
      yellow: { type: 'final' },
    },
  })
  const seen: string[] = []
  function Lights() {
    const [state] = useMachine(lights)
    seen.push(String(state.value))
    return <b>{String(state.value)}</b>
  }
  const screen = await renderLive(<Lights />)
  await until(() => text(screen) === 'yellow')
  expect([...new Set(seen)]).toEqual(['red', 'green', 'yellow'])
  await screen.unmount()
  await timers.nonePending()
})

test('an invoked promise: its result, its error, and a retry', async () => {
  let answer = deferred<string>()
  const loader = setup({
    types: { context: {} as { user: string; attempt: number } },
    actors: { load: fromPromise(() => answer.promise) },
  }).createMachine({
    initial: 'idle',
    context: { user: '', attempt: 0 },
    states: {
      idle: { on: { load: 'loading' } },
      loading: {
        entry: assign({ attempt: ({ context }) => context.attempt + 1 }),
        invoke: {
          src: 'load',
          onDone: { target: 'done', actions: assign({ user: ({ event }) => event.output }) },
          onError: 'failed',
        },
      },
      failed: { on: { load: 'loading' } },
      done: {},
    },
  })
  function Loader() {
    const [state, send] = useMachine(loader)
    const { user, attempt } = state.context
    return (
      <button disabled={state.matches('loading')} onClick={() => send({ type: 'load' })}>
        {`${state.value} ${attempt} ${user}`}
      </button>
    )
  }
  const screen = await renderLive(<Loader />)
  await click(screen)
  expect(text(screen)).toBe('loading 1 ')
  expect(screen.container.querySelector('button')?.disabled).toBe(true)
  answer.reject(new Error('no'))
  await until(() => text(screen) === 'failed 1 ')
  answer = deferred()
  await click(screen)
  answer.resolve('Ada')
  await until(() => text(screen) === 'done 2 Ada')
  await screen.unmount()
})

test('an invoked callback is cleaned up when the root goes', async () => {
  const log: string[] = []
  const clock = setup({
    types: { context: {} as { ticks: number } },
    actors: {
      tick: fromCallback(({ sendBack }) => {
        log.push('started')
        const timer = setInterval(() => sendBack({ type: 'tick' }), 2)
        return () => {
          clearInterval(timer)
          log.push('stopped')
        }
      }),
    },
  }).createMachine({
    context: { ticks: 0 },
    invoke: { src: 'tick' },
    on: { tick: { actions: assign({ ticks: ({ context }) => Math.min(context.ticks + 1, 3) }) } },
  })
  const Clock = () => <b>{useMachine(clock)[0].context.ticks}</b>
  const screen = await renderLive(<Clock />)
  await until(() => text(screen) === '3')
  expect(log).toEqual(['started'])
  await screen.unmount()
  expect(log).toEqual(['started', 'stopped'])
  await timers.nonePending()
})

test('useSelector renders when its selection changes; an actor context shares one actor in a root', async () => {
  const counter = setup({
    types: { context: {} as { a: number; b: number }, events: {} as { type: 'a' } | { type: 'b' } },
  }).createMachine({
    context: { a: 0, b: 0 },
    on: {
      a: { actions: assign({ a: ({ context }) => context.a + 1 }) },
      b: { actions: assign({ b: ({ context }) => context.b + 1 }) },
    },
  })
  const Counter = createActorContext(counter)
  const renders = { a: 0, b: 0 }
  function Count({ name }: { name: 'a' | 'b' }) {
    renders[name]++
    const count = Counter.useSelector(({ context }) => context[name])
    const { send } = Counter.useActorRef()
    return <button onClick={() => send({ type: name })}>{`${name}${count}`}</button>
  }
  const screen = await renderLive(
    <Counter.Provider>
      <Count name="a" />
      <Count name="b" />
    </Counter.Provider>,
  )
  const before = { ...renders }
  await click(screen)
  expect(text(screen)).toBe('a1b0')
  expect(renders).toEqual({ a: before.a + 1, b: before.b })
  await screen.unmount()
})

test('useActorRef and useSelector: an actor passed to a child as a prop', async () => {
  const Value = ({ actor }: { actor: ReturnType<typeof useActorRef<typeof toggle>> }) =>
    useSelector(actor, ({ value }) => String(value))
  function App() {
    const actor = useActorRef(toggle)
    return (
      <button onClick={() => actor.send({ type: 'toggle' })}>
        <Value actor={actor} />
      </button>
    )
  }
  const screen = await renderLive(<App />)
  await click(screen)
  expect(text(screen)).toBe('on')
  await screen.unmount()
  await timers.nonePending()
})
