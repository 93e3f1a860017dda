// Before the DOM: on a server, libraries find none when they are loaded.
import { atom, createStore, Provider, useAtom, useAtomValue, useSetAtom } from 'jotai'
import { unwrap } from 'jotai/utils'
import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { Suspense, startTransition } from 'react'
import { click, deferred, framesSince, html, text, until } from '../live-tree/support.ts'
import { joinServer, writesSince } from './support.tsx'

test('an atom and one derived from it, in two components', async () => {
  const countAtom = atom(1)
  const doubleAtom = atom((get) => get(countAtom) * 2)
  const evenAtom = atom((get) => get(countAtom) % 2 === 0)
  const renders = { double: 0, even: 0 }
  function Double() {
    renders.double++
    return <b>{useAtomValue(doubleAtom)}</b>
  }
  function Even() {
    renders.even++
    return <i>{useAtomValue(evenAtom) ? 'even' : 'odd'}</i>
  }
  function Add() {
    const [count, setCount] = useAtom(countAtom)
    return <button onClick={() => setCount((before) => before + 2)}>{count}</button>
  }
  const screen = await renderLive(
    <Provider>
      <Double />
      <Even />
      <Add />
    </Provider>,
  )
  expect(text(screen)).toBe('2odd1')
  const before = { ...renders }
  const from = screen.traffic.length
  await click(screen)
  expect(text(screen)).toBe('6odd3')
  expect(renders).toEqual({ double: before.double + 1, even: before.even })
  const id = expect.any(Number)
  expect(writesSince(screen, from)).toEqual([
    [
      [id, [0], 6],
      [id, [0], 3],
    ],
  ])
  await screen.unmount()
})

test('a write-only atom runs on the server, and several of its writes are one frame', async () => {
  const firstAtom = atom('Ada')
  const lastAtom = atom('Lovelace')
  const marryAtom = atom(null, (_get, set, last: string) => {
    set(firstAtom, 'Augusta Ada')
    set(lastAtom, last)
  })
  function App() {
    const first = useAtomValue(firstAtom)
    const last = useAtomValue(lastAtom)
    const marry = useSetAtom(marryAtom)
    return (
      <button onClick={() => marry('King')}>
        {first} {last}
      </button>
    )
  }
  const screen = await renderLive(
    <Provider>
      <App />
    </Provider>,
  )
  const from = screen.traffic.length
  await click(screen)
  expect(text(screen)).toBe('Augusta Ada King')
  expect(framesSince(screen, from)).toHaveLength(1)
  await screen.unmount()
})

test.each([
  ['urgently', (update: () => void) => update()],
  ['in a transition', startTransition],
])(
  'an async atom under Suspense: the fallback, the value, and the old one until another set %s is there',
  async (_, run) => {
    const answers = new Map([1, 2].map((id) => [id, deferred<string>()]))
    const idAtom = atom(1)
    const userAtom = atom((get) => answers.get(get(idAtom))?.promise as Promise<string>)
    const shoutAtom = atom(async (get) => `${await get(userAtom)}!`)
    const User = () => <b>{useAtomValue(shoutAtom)}</b>
    function App() {
      const [id, setId] = useAtom(idAtom)
      return (
        <>
          <button onClick={() => run(() => setId(2))}>{id} </button>
          <Suspense fallback="wait">
            <User />
          </Suspense>
        </>
      )
    }
    const screen = await renderLive(
      <Provider>
        <App />
      </Provider>,
    )
    expect(html(screen)).toBe('<button>1 </button>wait')
    answers.get(1)?.resolve('one')
    await until(() => html(screen) === '<button>1 </button><b>one!</b>')
    await click(screen)
    expect(html(screen)).toContain('<b>one!</b>')
    answers.get(2)?.resolve('two')
    await until(() => html(screen) === '<button>2 </button><b>two!</b>')
    await screen.unmount()
  },
)

test('unwrap shows an async atom without Suspense', async () => {
  const answer = deferred<string>()
  const answerAtom = unwrap(
    atom(() => answer.promise),
    (before = 'nothing yet') => before,
  )
  const App = () => useAtomValue(answerAtom)
  const screen = await renderLive(
    <Provider>
      <App />
    </Provider>,
  )
  expect(text(screen)).toBe('nothing yet')
  answer.resolve('42')
  await until(() => text(screen) === '42')
  await screen.unmount()
})

test('each live root with a Provider has atoms of its own; without one, all share those of the process', async () => {
  const ownAtom = atom(0)
  const sharedAtom = atom(0)
  function Own() {
    const [n, setN] = useAtom(ownAtom)
    return <button onClick={() => setN(n + 1)}>{n}</button>
  }
  function Shared() {
    const [n, setN] = useAtom(sharedAtom)
    return <u onClick={() => setN(n + 1)}>{n}</u>
  }
  const screen = await renderLive(
    <>
      <Provider>
        <Own />
      </Provider>
      <Shared />
    </>,
  )
  const other = await joinServer(screen.server)
  await click(screen)
  expect([text(screen), other.text()]).toEqual(['10', '00'])
  await click(screen, 'u')
  expect([text(screen), other.text()]).toEqual(['11', '01'])
  await other.close()
  await screen.unmount()
})

test('atoms are mounted by the first component that uses them and left with the last', async () => {
  const log: string[] = []
  const clockAtom = atom(0)
  clockAtom.onMount = (setTime) => {
    log.push('on')
    const timer = setInterval(() => setTime((time) => Math.min(time + 1, 3)), 2)
    return () => {
      clearInterval(timer)
      log.push('off')
    }
  }
  const tickAtom = atom((get) => `tick ${get(clockAtom)} `)
  const Row = () => useAtomValue(tickAtom)
  const store = createStore()
  const screen = await renderLive(
    <Provider store={store}>
      <Row />
      <Row />
    </Provider>,
  )
  await until(() => text(screen) === 'tick 3 tick 3 ')
  expect(log).toEqual(['on'])
  await screen.unmount()
  expect(log).toEqual(['on', 'off'])
})
