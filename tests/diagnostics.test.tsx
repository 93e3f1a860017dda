import { type DiagnosticsName, type LiveDiagnostics, onDiagnostic, route } from 'liveroot/server'
import { useState } from 'react'
import { openScene, type Scene } from './failures/bystander.ts'
import { Peer } from './failures/peer.ts'

type Heard = { [Name in DiagnosticsName]: [Name, LiveDiagnostics[Name]] }[DiagnosticsName]

let heard: Heard[] = []
let stop: (() => void)[] = []

/** Hears what happens from now on, which is what the test does. */
function listen(...names: DiagnosticsName[]): void {
  heard = []
  stop = names.map((name) => onDiagnostic(name, (message) => heard.push([name, { ...message }] as Heard)))
}

function messagesOf<Name extends DiagnosticsName>(name: Name): LiveDiagnostics[Name][] {
  return heard.filter(([each]) => each === name).map(([, message]) => message as LiveDiagnostics[Name])
}

function App() {
  const [n, set] = useState(0)
  return (
    <main>
      <b onClick={() => set(n + 1)}>{n}</b>
      <i
        onClick={() => {
          throw new Error('thrown')
        }}
      />
    </main>
  )
}

const Broken = () => {
  throw new Error('broken')
}

let scene: Scene
let peer: Peer

beforeEach(async () => {
  const routes = [route('/app/:id', App), route('/broken', Broken)]
  scene = await openScene({ routes, limits: { maxUnackedFrames: 3 } })
})

afterEach(async () => {
  for (const each of stop) each()
  await scene.end()
})

test('connections and sessions begin and end', async () => {
  listen(
    'liveroot.connection.opened',
    'liveroot.connection.closed',
    'liveroot.session.opened',
    'liveroot.session.ended',
  )
  peer = await Peer.open(scene.port, true, { 'x-trace': 'abc' })
  peer.send('nonsense')
  await peer.closing()
  await peer.until(() => heard.length === 4)
  expect(heard.map(([name]) => name)).toEqual([
    'liveroot.connection.opened',
    'liveroot.session.opened',
    'liveroot.connection.closed',
    'liveroot.session.ended',
  ])
  const [opened] = messagesOf('liveroot.connection.opened')
  const [closed] = messagesOf('liveroot.connection.closed')
  expect(opened?.handshake).toMatchObject({ url: '/live', remoteAddress: '127.0.0.1' })
  expect(opened?.handshake.headers['x-trace']).toBe('abc')
  expect(closed).toMatchObject({ connection: opened?.connection, code: 'bad_frame' })
  expect(closed?.durationMs).toBeGreaterThan(0)
  expect(messagesOf('liveroot.session.ended')[0]?.session).toBe(
    messagesOf('liveroot.session.opened')[0]?.session,
  )
})

test('messages have a name and a size, both ways', async () => {
  peer = await Peer.open(scene.port)
  listen('liveroot.message.received', 'liveroot.message.sent')
  await peer.mount(1, '/app/ä')
  const at = (messages: LiveDiagnostics['liveroot.message.sent'][], type: string) =>
    messages.filter((message) => message.type === type).map(({ bytes }) => bytes)
  expect(at(messagesOf('liveroot.message.received'), 'mount')).toEqual([Buffer.byteLength('m1\n/app/ä')])
  const frame = peer.messages.find((message) => message.startsWith('f')) as string
  expect(at(messagesOf('liveroot.message.sent'), 'frame')).toEqual([Buffer.byteLength(frame)])
  peer.end()
})

test('a mount and its frames name the route', async () => {
  peer = await Peer.open(scene.port)
  listen('liveroot.mount.started', 'liveroot.mount.ended', 'liveroot.frame.sent')
  const frame = await peer.mount(1, '/app/7')
  expect(heard.map(([name]) => name)).toEqual([
    'liveroot.mount.started',
    'liveroot.mount.ended',
    'liveroot.frame.sent',
  ])
  expect(heard[1]?.[1]).toMatchObject({ route: '/app/:id', root: 1, outcome: 'ok' })
  const bytes = Buffer.byteLength(frame.slice(frame.indexOf('\n') + 1))
  expect(heard[2]?.[1]).toMatchObject({ route: '/app/:id', root: 1, sequence: 1, writes: 2, bytes })
  await peer.ask('m2\n/broken', (message) => message.startsWith('x2'))
  expect(messagesOf('liveroot.mount.ended').at(-1)).toMatchObject({ route: '/broken', outcome: 'failed' })
  peer.end()
})

test('a call tells of its start and of how it ended', async () => {
  peer = await Peer.open(scene.port)
  await peer.mount(1, '/app/7')
  listen('liveroot.call.started', 'liveroot.call.ended', 'liveroot.refusal')
  const call = (id: number, path: string) =>
    peer.ask(
      `c${id},1,1,1\n${path}`,
      (message) => message.startsWith(`r${id}`) || message.startsWith(`y${id}`),
    )
  await call(1, '0.0.onClick')
  await call(2, '0.1.onClick')
  await call(3, 'nowhere')
  expect(messagesOf('liveroot.call.started').map(({ call }) => call)).toEqual([1, 2])
  expect(messagesOf('liveroot.call.ended')).toMatchObject([
    { call: 1, route: '/app/:id', path: '0.0.onClick', outcome: 'ok' },
    { call: 2, route: '/app/:id', path: '0.1.onClick', outcome: 'failed', code: 'handler_failed' },
    { call: 3, route: '/app/:id', path: 'nowhere', outcome: 'refused', code: 'not_on_screen' },
  ])
  expect(messagesOf('liveroot.refusal')).toEqual([{ code: 'not_on_screen' }])
  peer.end()
})

test('a frame that is held back is told of once, until one is sent', async () => {
  peer = await Peer.open(scene.port)
  await peer.mount(1, '/app/7')
  listen('liveroot.frame.held')
  // The first frame is acknowledged; the window has room for three more.
  for (const id of [1, 2, 3]) {
    await peer.ask(`c${id},1,${id},1\n0.0.onClick`, (message) => message.startsWith(`r${id},`))
  }
  expect(heard).toEqual([])
  for (const id of [4, 5]) peer.send(`c${id},1,${id},1\n0.0.onClick`)
  await peer.until(() => heard.length > 0)
  expect(messagesOf('liveroot.frame.held')).toMatchObject([
    { route: '/app/:id', reason: 'unacknowledged_frames' },
  ])
  peer.end()
})
