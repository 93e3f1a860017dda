import {
  createLiveServer,
  type LiveLimits,
  type LiveServer,
  memoryStore,
  route,
  type SessionStore,
} from 'liveroot/server'
import { createElement, useState } from 'react'
import type { HelloBody, WelcomeBody } from '../../src/protocol/messages.ts'
import { Peer } from '../failures/peer.ts'

/** A store that outlives the process, and answers when it is told to. */
interface SlowStore extends SessionStore {
  hold(what: 'claim' | 'save'): () => void
  held: number
  readonly saved: ReadonlyMap<string, string | null>
}

function slowStore(store = memoryStore()): SlowStore {
  const gates = { claim: Promise.resolve(), save: Promise.resolve() }
  const slow = {
    outlivesProcess: true,
    held: 0,
    /** What was saved of each entry last. */
    saved: new Map<string, string | null>(),
    /** What is asked for from now on waits, until the function that it returns is called, or another is held. */
    hold(what: 'claim' | 'save') {
      let release = (): void => {}
      gates[what] = new Promise((resolve) => {
        release = resolve
      })
      return release
    },
    load: (session: string) => store.load(session),
    claim: async (...args: Parameters<SessionStore['claim']>) => {
      const found = gates.claim
      slow.held++
      await found
      return store.claim(...args)
    },
    save: async (...args: Parameters<SessionStore['save']>) => {
      const found = gates.save
      slow.held++
      await found
      for (const [key, text] of args[2].entries) slow.saved.set(key, text)
      return store.save(...args)
    },
    remove: (session: string, owner: string) => store.remove(session, owner),
    close: async () => {},
  }
  return slow
}

let push: (text: string) => void = () => {}
let rendered = ''

function Pushed(): string {
  const [text, setText] = useState('')
  push = setText
  rendered = text
  return text
}

function Counter() {
  const [n, setN] = useState(0)
  return createElement('b', { onClick: () => setN(n + 1) }, n)
}

let begun = 0
let unblock: () => void = () => {}

/** Has a handler that does not end before it is told to. */
function Never() {
  const [clicks, setClicks] = useState(0)
  const onClick = () => {
    begun++
    setClicks(clicks + 1)
    return new Promise<void>((resolve) => {
      unblock = resolve
    })
  }
  return createElement('b', { onClick }, clicks)
}

const servers: LiveServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function serve(
  sessionStore: SessionStore,
  limits: Partial<LiveLimits> = {},
): Promise<{ server: LiveServer; port: number }> {
  const routes = [route('/', Pushed), route('/never', Never), route('/counter', Counter)]
  const server = createLiveServer({ routes, sessionStore, limits })
  servers.push(server)
  return { server, port: (await server.listen(0, '127.0.0.1')).port }
}

const hello = (body: HelloBody) => `h2\n${JSON.stringify(body)}`
const isWelcome = (message: string) => message.startsWith('w2,')
const readWelcome = (text: string) => JSON.parse(text.slice(text.indexOf('\n'))) as WelcomeBody

async function enter(port: number): Promise<{ peer: Peer; welcome: WelcomeBody }> {
  const peer = await Peer.open(port, false)
  const welcome = readWelcome(await peer.ask(hello({}), isWelcome))
  // The page does not say that it has it.
  await peer.ask('m1\n/', (message) => message.startsWith('f1,1'))
  return { peer, welcome }
}

test('while the welcome waits for the store nothing comes before it, and then all comes in order', async () => {
  const store = slowStore()
  const { port } = await serve(store)
  const { peer: first, welcome } = await enter(port)
  const release = store.hold('save')
  const second = await Peer.open(port, false)
  second.send(hello({ token: welcome.token, series: welcome.series, received: 0 }))
  // The session is the second connection's now.
  await first.closing()
  push('pushed')
  await second.until(() => rendered === 'pushed')
  await new Promise((resolve) => setTimeout(resolve, 20))
  release()
  await second.next((message) => message.includes('pushed'))
  expect(readWelcome(second.messages[0] as string).session).toBe('resumed')
  expect(second.messages.slice(1).map((message) => message.slice(0, 4))).toEqual(['f1,1', 'f1,2'])
  second.end()
})

test('a lost connection whose claim is answered late takes nothing from the one that came after it', async () => {
  const store = slowStore()
  const { peer, welcome } = await enter((await serve(store)).port)
  await servers[0]?.close()
  peer.end()
  const { server, port } = await serve(store)
  const goingOn = hello({ token: welcome.token, series: welcome.series, received: 1 })
  const release = store.hold('claim')
  const before = store.held
  const lost = await Peer.open(port, false)
  lost.send(goingOn)
  await lost.until(() => store.held > before)
  lost.end()
  await lost.until(() => server.connections === 0)
  store.hold('claim')()
  const living = await Peer.open(port, false)
  expect(readWelcome(await living.ask(goingOn, isWelcome)).session).toBe('restored')
  release()
  await living.ask('p', (message) => message === 'q')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await living.ask('p', (message) => message === 'q')
  expect(living.closed).toBeNull()
  living.end()
})

/** What the browser of a session says that a server had which is no more. */
async function left(store: SessionStore): Promise<HelloBody> {
  const { peer, welcome } = await enter((await serve(store)).port)
  peer.end()
  await servers.shift()?.close()
  return { token: welcome.token, series: welcome.series, received: 1 }
}

test('a hello that was delayed on its way to another server is known there to be outdated', async () => {
  const store = slowStore()
  const goingOn = await left(store)
  const second = await serve(store)
  const living = await Peer.open(second.port, false)
  const answer = readWelcome(await living.ask(hello({ ...goingOn, attempt: 3 }), isWelcome))
  expect(answer.session).toBe('restored')
  // The other server knows nothing but what is in the store.
  const delayed = await Peer.open((await serve(store)).port, false)
  delayed.send(hello({ ...goingOn, attempt: 2 }))
  expect((await delayed.closing()).refusal).toBe('outdated_hello')
  await living.ask('p', (message) => message === 'q')
  living.end()
})

test('a server that is slow to claim a session takes it from none that welcomed its browser meanwhile', async () => {
  const kept = memoryStore()
  const goingOn = await left(slowStore(kept))
  const slow = slowStore(kept)
  const release = slow.hold('claim')
  const former = await Peer.open((await serve(slow)).port, false)
  former.send(hello({ ...goingOn, attempt: 2 }))
  await former.until(() => slow.held > 0)
  // The browser has given that one up, which nobody there knows yet.
  const living = await Peer.open((await serve(slowStore(kept))).port, false)
  const answer = readWelcome(await living.ask(hello({ ...goingOn, attempt: 3 }), isWelcome))
  expect(answer.session).toBe('restored')
  release()
  expect((await former.closing()).refusal).toBe('outdated_hello')
  // A root is shown when it is saved.
  await living.ask('m1\n/', (message) => message.startsWith('f1,'))
  await living.mount(2, '/counter')
  expect(living.closed).toBeNull()
  living.end()
})

test('a session that another server claims while its browser waits for the welcome is claimed again', async () => {
  const kept = memoryStore()
  const goingOn = await left(slowStore(kept))
  const slow = slowStore(kept)
  const release = slow.hold('save')
  const living = await Peer.open((await serve(slow)).port, false)
  living.send(hello({ ...goingOn, attempt: 3 }))
  // It is claimed, and what opens it now is on its way to the store.
  await living.until(() => slow.held === 2)
  const other = slowStore(kept)
  const former = await Peer.open((await serve(other)).port, false)
  await former.ask(hello({ ...goingOn, attempt: 2 }), isWelcome)
  release()
  expect(readWelcome(await living.next(isWelcome)).session).toBe('restored')
  await living.mount(2, '/counter')
  expect(living.closed).toBeNull()
  for (const each of [living, former]) each.end()
})

test('neither a browser that comes back nor a new root waits for calls that run', async () => {
  // Storing waits for calls longer than this test does.
  const { port } = await serve(slowStore(), { snapshotDelayMs: 1_000_000 })
  const peer = await Peer.open(port, false)
  const welcome = readWelcome(await peer.ask(hello({}), isWelcome))
  const before = begun
  const frame = await peer.mount(1, '/never')
  const slot = /\[(\d+),\["\$","b"/.exec(frame)?.[1]
  peer.send(`c1,1,1,${slot}\n0.onClick`)
  await peer.until(() => begun > before)
  await peer.mount(2, '/')
  const received = peer.messages.filter((message) => message.startsWith('f')).length
  peer.end()
  const back = await Peer.open(port, false)
  const answer = await back.ask(hello({ token: welcome.token, series: welcome.series, received }), isWelcome)
  expect(readWelcome(answer).session).toBe('resumed')
  unblock()
  back.end()
})

test('the first frame of a root waits until the store has its tree, and not for ever', async () => {
  const store = slowStore()
  const { port } = await serve(store)
  const peer = await Peer.open(port)
  const release = store.hold('save')
  const before = store.held
  peer.send('m1\n/')
  await peer.until(() => store.held > before)
  await peer.ask('p', (message) => message === 'q')
  expect(peer.messages.filter((message) => message.startsWith('f'))).toEqual([])
  release()
  await peer.next((message) => message.startsWith('f1,1'))
  // A store that does not answer holds up no page for good.
  const recover = store.hold('save')
  await peer.ask('m2\n/', (message) => message.startsWith('f2,1'))
  recover()
  peer.end()
})

test('the store hears, time and again, that a session whose browser is there is not left alone', async () => {
  const store = slowStore()
  const { port } = await serve(store, { sessionTtlMs: 3_000 })
  const { peer } = await enter(port)
  const expiry = () => JSON.parse(store.saved.get('s') ?? '{"expiresAt":0}').expiresAt as number
  await peer.until(() => expiry() > 0)
  const first = expiry()
  await peer.until(() => expiry() > first)
  peer.end()
})

test('a call that was made on a frame that was lost with its server runs on the render of the calls before it', async () => {
  const kept = memoryStore()
  const store = slowStore(kept)
  const { server, port } = await serve(store)
  const peer = await Peer.open(port, false)
  const { token, series } = readWelcome(await peer.ask(hello({}), isWelcome))
  const frame = await peer.mount(1, '/counter')
  const slot = /\[(\d+),\["\$","b"/.exec(frame)?.[1]
  const click = (call: number, seen: number) => `c${call},1,${seen},${slot}\n0.onClick`
  await peer.ask(click(1, 1), (message) => message.startsWith('r1'))
  const frames = () => peer.messages.filter((message) => message.startsWith('f1,')).length
  // The next is on screen, and is not stored before another server has the session.
  const release = store.hold('save')
  const before = frames()
  peer.send(click(2, 2))
  await peer.until(() => frames() > before)
  peer.end()
  const closed = server.close()
  servers.length = 0
  const next = await serve(slowStore(kept))
  const again = await Peer.open(next.port, false)
  const answer = await again.ask(hello({ token, series, received: 4 }), isWelcome)
  expect(readWelcome(answer).session).toBe('restored')
  const restored = await again.ask('m1\n/counter', (message) => message.startsWith('f1,'))
  const sequence = /^f1,(\d+)/.exec(restored)?.[1]
  again.send(`a1,${sequence},${sequence}`)
  // The first was made on the screen with 1; the others, at once, on that with 2.
  for (const message of [click(2, 2), click(3, 3), click(4, 3)]) again.send(message)
  await again.next((message) => message.startsWith('r4'))
  expect(again.messages.filter((message) => message.startsWith('f1,')).at(-1)).toContain('[0],3]')
  again.end()
  release()
  await closed
})
