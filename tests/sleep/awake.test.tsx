import '../support/dom.ts'
import { useTopic } from 'liveroot'
import { createLiveServer, type LiveLimits, type LiveServer, route } from 'liveroot/server'
import { clientComponent, clientModules } from 'liveroot/testing'
import { Component, type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { Peer } from '../failures/peer.ts'
import { quietConsole } from '../live-tree/support.ts'
import { Sleepers } from './sleepers.ts'

quietConsole()

const ready = new Promise<string>((resolve) => setImmediate(resolve, 'ready'))
const never = new Promise<string>(() => {})
const external = { subscribe: () => () => {}, read: () => 'external' }

class Instance extends Component {
  private readonly seen = new Map()
  override render() {
    return `instance ${this.seen.size}`
  }
}

class Subscribed extends Component {
  override componentWillUnmount() {}
  override render() {
    return 'subscribed'
  }
}

class Stateful extends Component<object, { n: number }> {
  override state = { n: 1 }
  private readonly add = () => this.setState(({ n }) => ({ n: n + 1 }))
  override render() {
    return <button onClick={this.add}>{this.state.n}</button>
  }
}

const NotDurable = () => useState('kept nowhere')[0]
NotDurable.durable = false

/** Those that are more than what can be stored and held in their place. */
const staysAwake: Readonly<Record<string, () => unknown>> = {
  'an effect that must be ended': () => useEffect(() => () => {}, []),
  'a timer': () => {
    const [, tick] = useState(0)
    useEffect(() => {
      const timer = setInterval(() => tick((n) => n + 1), 1_000_000)
      return () => clearInterval(timer)
    }, [])
  },
  'a store elsewhere': () => useSyncExternalStore(external.subscribe, external.read),
  'a ref with something in it': () => useRef(new Map()).current.size,
  'state that cannot be stored': () => String(useState(() => () => {})[0]).length,
  'an instance with something in it': () => <Instance />,
  'an instance that must be ended': () => <Subscribed />,
  'a component that is not durable': () => <NotDurable />,
  'an async component': async () => ready,
  'one that waits': () => never as unknown as ReactNode,
}

const Client = clientComponent('AwakeClient', (): ReactNode => 'client')

const sleeps: Readonly<Record<string, () => ReactNode>> = {
  nothing: () => 'nothing',
  'state of every kind': () => <Stateful />,
  'an effect without an end': () => {
    useEffect(() => {}, [])
    useTopic('nothing', () => {})
    return null
  },
  'empty refs and memos': () => {
    const ref = useRef(null)
    return useMemo(() => String(ref.current), [])
  },
  'a client component': () => <Client />,
}

let sleepers: Sleepers
let server: LiveServer
let port: number

async function serve(limits: Partial<LiveLimits>): Promise<void> {
  const all = Object.entries({ ...staysAwake, ...sleeps })
  server = createLiveServer({
    clientModules,
    limits,
    routes: [
      ...all.map(([name, View]) => route(`/${name.replaceAll(' ', '-')}`, View as never)),
      route('/never-durable', () => useState(0)[0], { durable: false }),
    ],
  })
  port = (await server.listen(0, '127.0.0.1')).port
}

beforeEach(async () => {
  sleepers = new Sleepers()
  await serve({ sleepAfterMs: 30 })
})
afterEach(async () => {
  sleepers.stop()
  await server.close()
})

async function open(name: string): Promise<Peer> {
  const peer = await Peer.open(port)
  await peer.mount(1, `/${name.replaceAll(' ', '-')}`)
  return peer
}

test.each([...Object.keys(staysAwake), 'never durable'])('%s keeps a tree awake', async (name) => {
  const peer = await open(name)
  const last = (): number =>
    Number(/^f1,(\d+)/.exec(peer.messages.findLast((m) => m.startsWith('f')) ?? '')?.[1])
  const other = await open('nothing')
  // Whoever was asked as often and can sleep, has slept three times.
  for (let times = 1; times <= 3; times++) {
    peer.send(`a1,${last()},${last()}`)
    await sleepers.until(1)
    other.send('u2')
    await sleepers.until(0)
  }
  expect(sleepers.wakes).toBe(3)
  for (const each of [peer, other]) each.end()
})

test.each(Object.keys(sleeps))('%s does not', async (name) => {
  const peer = await open(name)
  await sleepers.until(1)
  peer.end()
})

test('with `Infinity` nothing ever does', async () => {
  const awake = server
  await serve({ sleepAfterMs: Number.POSITIVE_INFINITY })
  const own = server
  const peer = await open('nothing')
  server = awake
  port = (await awake.listen(0, '127.0.0.1')).port
  const other = await open('nothing')
  for (let times = 1; times <= 3; times++) {
    await sleepers.until(1)
    other.send('u2')
    await sleepers.until(0)
  }
  for (const each of [peer, other]) each.end()
  await own.close()
})
