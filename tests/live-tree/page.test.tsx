import '../support/dom.ts'
// Before the client: it prepares what React's Flight reader looks for.
import 'liveroot/testing'

import { LiveRoot, useLiveStatus } from 'liveroot/client'
import { route } from 'liveroot/server'
import { clientComponent } from 'liveroot/testing'
import { Component, type ReactNode, StrictMode, Suspense, useEffect, useId, useState } from 'react'
import { openPage } from './page.ts'
import { deferred, quietConsole, until, wait } from './support.ts'

function Counter() {
  const [n, setN] = useState(0)
  return <button onClick={() => setN(n + 1)}>{n}</button>
}

function live(path: string): ReactNode {
  return (
    <Suspense fallback="wait ">
      <LiveRoot route={path} />
    </Suspense>
  )
}

const messages = (up: readonly string[], letter: string) => up.filter((message) => message.startsWith(letter))

test('several LiveRoots share one connection, and each has a tree of its own', async () => {
  const page = await openPage({ routes: [route('/counter', Counter)] })
  page.render([<div key="a">{live('/counter')}</div>, <div key="b">{live('/counter')}</div>])
  await until(() => page.text() === '00')
  page.container.querySelector('button')?.click()
  await until(() => page.text() === '10')
  expect(page.connections).toHaveLength(1)
  expect(page.server.connections).toBe(1)
  await page.close()
})

test('useId differs between the live roots of a page', async () => {
  const Id = () => <i>{useId()}</i>
  const page = await openPage({ routes: [route('/id', Id)] })
  page.render([<div key="a">{live('/id')}</div>, <div key="b">{live('/id')}</div>])
  await until(() => page.container.querySelectorAll('i').length === 2)
  const [a, b] = [...page.container.querySelectorAll('i')].map(({ textContent }) => textContent)
  expect(a).toBeTruthy()
  expect(a).not.toBe(b)
  await page.close()
})

test('taking a LiveRoot off the page frees its tree on the server, and the others stay', async () => {
  const log: string[] = []
  function Watched() {
    useEffect(() => () => void log.push('cleaned up'), [])
    return <b>watched</b>
  }
  const page = await openPage({ routes: [route('/counter', Counter), route('/watched', Watched)] })
  page.render([<p key="a">{live('/watched')}</p>, <p key="b">{live('/counter')}</p>])
  await until(() => page.text() === 'watched0')
  page.render([<p key="b">{live('/counter')}</p>])
  await until(() => log.length === 1)
  page.container.querySelector('button')?.click()
  await until(() => page.text() === '1')
  expect(messages(page.connections[0]?.up ?? [], 'u')).toEqual(['u1'])
  await page.close()
})

test('StrictMode mounts, unmounts and mounts again: the server sees one mount', async () => {
  const page = await openPage({ routes: [route('/counter', Counter)] })
  page.render(<StrictMode>{live('/counter')}</StrictMode>)
  await until(() => page.text() === '0')
  await wait(30)
  const up = page.connections[0]?.up ?? []
  expect(messages(up, 'm')).toHaveLength(1)
  expect(messages(up, 'u')).toHaveLength(0)
  await page.close()
})

test('another route keeps the old output until the new one is ready, then lets it go', async () => {
  const gate = deferred()
  const log: string[] = []
  async function Room({ id }: { id: string }) {
    if (id === '2') await gate.promise
    return <b>room {id}</b>
  }
  function Watched({ id }: { id: string }) {
    useEffect(() => () => void log.push(`left ${id}`), [id])
    return <Room id={id} />
  }
  const page = await openPage({ routes: [route('/rooms/:id', Watched)] })
  const show = (id: number) =>
    page.render(
      <Suspense fallback="wait">
        <LiveRoot route="/rooms/:id" params={{ id }} />
      </Suspense>,
    )
  show(1)
  await until(() => page.text() === 'room 1')
  show(2)
  await wait(350)
  expect(page.text()).toBe('room 1')
  gate.resolve()
  await until(() => page.text() === 'room 2')
  await until(() => log.length === 1)
  expect(log).toEqual(['left 1'])
  await page.close()
})

const states: string[] = []
function Status() {
  const { state } = useLiveStatus()
  useEffect(() => void states.push(state), [state])
  return null
}

test('a lost connection and session: the old output stays, the status tells, and a fresh mount follows', async () => {
  const Note = clientComponent('PageNote', ({ children }: { children: ReactNode }) => {
    const [text, setText] = useState('blank')
    return (
      <i onClick={() => setText('written')}>
        {text} {children}
      </i>
    )
  })
  let mounts = 0
  const App = () => {
    const [mount] = useState(() => ++mounts)
    return <Note>mount {mount}</Note>
  }
  const page = await openPage({
    routes: [route('/note', App)],
    limits: { sessionGraceMs: 0, sessionTtlMs: 0 },
  })
  page.render(
    <>
      {live('/note')}
      <Status />
    </>,
  )
  await until(() => page.text() === 'blank mount 1')
  page.container.querySelector('i')?.click()
  await until(() => page.text() === 'written mount 1')
  page.connections[0]?.drop()
  await until(() => states.at(-1) === 'waiting')
  expect(page.text()).toBe('written mount 1')
  // What the browser holds by itself survives the fresh mount.
  await until(() => page.text() === 'written mount 2')
  expect(page.connections).toHaveLength(2)
  expect(states.splice(0)).toEqual(['idle', 'connecting', 'open', 'waiting', 'connecting', 'open'])
  await page.close()
})

test('a call that is under way when the session is lost is rejected', async () => {
  let ask: () => Promise<unknown> = async () => {}
  const Probe = clientComponent('PageProbe', ({ onAsk }: { onAsk(): Promise<void> }) => {
    ask = onAsk
    return 'ready'
  })
  const App = () => <Probe onAsk={() => new Promise(() => {})} />
  const page = await openPage({ routes: [route('/', App)], limits: { sessionGraceMs: 0, sessionTtlMs: 0 } })
  page.render(live('/'))
  await until(() => page.text() === 'ready')
  const answer = ask().catch((error: unknown) => error)
  await until(() => messages(page.connections[0]?.up ?? [], 'c').length === 1)
  page.connections[0]?.drop()
  expect(await answer).toMatchObject({ code: 'connection_lost', retry: true })
  await page.close()
})

class Boundary extends Component<{ children: ReactNode }> {
  override state = { code: '' }

  static getDerivedStateFromError({ code }: { code: string }) {
    return { code }
  }

  override render() {
    return this.state.code === '' ? this.props.children : `error: ${this.state.code}`
  }
}

describe('what goes wrong', () => {
  quietConsole()

  test('a parameter that the route’s pattern needs is missing', async () => {
    const page = await openPage({ routes: [] })
    page.render(
      <Boundary>
        <LiveRoot route="/rooms/:id" params={{} as never} />
      </Boundary>,
    )
    await until(() => page.text() === 'error: bad_params_given')
    await page.close()
  })

  test('one root’s error is its own: the others on the page go on', async () => {
    const page = await openPage({ routes: [route('/counter', Counter)] })
    page.render([
      <Boundary key="a">{live('/nowhere')}</Boundary>,
      <Boundary key="b">{live('/counter')}</Boundary>,
    ])
    await until(() => page.text() === 'error: unknown_route0')
    page.container.querySelector('button')?.click()
    await until(() => page.text() === 'error: unknown_route1')
    await page.close()
  })
})
