import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useSession } from 'liveroot'
import {
  createLiveServer,
  fileStore,
  type LiveServer,
  type LiveServerOptions,
  memoryStore,
  onDiagnostic,
  route,
} from 'liveroot/server'
import { createElement, useState } from 'react'
import type { HelloBody, WelcomeBody } from '../../src/protocol/messages.ts'
import { Peer } from '../failures/peer.ts'
import { until } from '../support/until.ts'
import { Sleepers } from './sleepers.ts'

function Counter() {
  const [n, setN] = useState(0)
  return createElement('button', { onClick: () => setN(n + 1) }, `count ${n}`)
}

function Name() {
  const { user } = useSession<{ name: string }>()
  return createElement('b', null, (user as { name: string }).name)
}

const folder = mkdtempSync(join(tmpdir(), 'liveroot-sleep-'))
afterAll(() => rmSync(folder, { recursive: true }))

let sleepers: Sleepers
const servers: LiveServer[] = []
beforeEach(() => {
  sleepers = new Sleepers()
})
afterEach(async () => {
  sleepers.stop()
  for (const server of servers.splice(0)) await server.close()
})

let name = 'Ada'

async function serve({ limits, ...options }: Partial<LiveServerOptions> = {}): Promise<number> {
  const server = createLiveServer({
    routes: [route('/', Counter), route('/name', Name)],
    clientModules: {},
    authenticate: () => ({ id: 'ada', name }),
    limits: { sleepAfterMs: 20, ...limits },
    ...options,
  })
  servers.push(server)
  return (await server.listen(0, '127.0.0.1')).port
}

const serverNow = () => servers.at(-1) as LiveServer

async function enter(port: number, hello: HelloBody = {}): Promise<{ peer: Peer; welcome: WelcomeBody }> {
  const peer = await Peer.open(port, false)
  const text = await peer.ask(`h2\n${JSON.stringify(hello)}`, (message) => message.startsWith('w2,'))
  return { peer, welcome: JSON.parse(text.slice(text.indexOf('\n'))) as WelcomeBody }
}

/** A page that has clicked twice, and sleeps. */
async function asleep(port: number) {
  const { peer, welcome } = await enter(port)
  const slot = /\[(\d+),\["\$","button"/.exec(await peer.mount(1, '/'))?.[1]
  for (const n of [1, 2]) {
    await peer.ask(`c${n},1,${n},${slot}\n0.onClick`, (message) => message.startsWith(`r${n},`))
    peer.send(`a1,${n + 1},${n + 1}`)
  }
  await sleepers.until(1)
  const received = peer.messages.length - 1
  return { peer, slot, hello: { token: welcome.token, series: welcome.series, received } }
}

async function cut(peer: Peer): Promise<void> {
  peer.end()
  await until(() => serverNow().connections === 0)
}

const stores: [string, () => LiveServerOptions['sessionStore']][] = [
  ['the memory store', () => memoryStore()],
  ['the file store', () => fileStore({ path: join(folder, `${Math.random()}.log`) })],
]

describe.each(stores)('with %s', (_, store) => {
  test('a browser that was away for a moment goes on, and its trees sleep on until it calls', async () => {
    const port = await serve({ sessionStore: store() })
    const { peer, slot, hello } = await asleep(port)
    await cut(peer)
    const back = await enter(port, hello)
    expect(back.welcome.session).toBe('resumed')
    await back.peer.ask('p', (message) => message === 'q')
    expect([sleepers.asleep, sleepers.wakes]).toEqual([1, 0])
    await back.peer.ask(`c3,1,3,${slot}\n0.onClick`, (message) => message.startsWith('r3,'))
    expect(back.peer.messages.find((message) => message.startsWith('f1,'))).toContain('count 3')
    back.peer.end()
  })

  test('a page that was loaded anew, and one that misses something, get their state', async () => {
    const port = await serve({ sessionStore: store() })
    const { peer, slot, hello } = await asleep(port)
    await cut(peer)
    const anew = await enter(port, { token: hello.token })
    expect(anew.welcome.session).toBe('restored')
    expect(await anew.peer.ask('m7\n/', (message) => message.startsWith('f7,'))).toContain('count 2')
    await anew.peer.ask(`c1,7,9,${slot}\n0.onClick`, (message) => message.startsWith('r1,'))
    expect(anew.peer.messages.findLast((message) => message.startsWith('f7,'))).toContain('count 3')
    anew.peer.end()
  })

  test('one that is away for long is stored, as if it had been awake', async () => {
    const port = await serve({ sessionStore: store(), limits: { sessionGraceMs: 30 } })
    const { peer, slot, hello } = await asleep(port)
    await cut(peer)
    await until(() => serverNow().sessions === 0)
    const back = await enter(port, hello)
    expect(back.welcome.session).toBe('restored')
    expect(await back.peer.ask('m1\n/', (message) => message.startsWith('f1,'))).toContain('count 2')
    await back.peer.ask(`c3,1,3,${slot}\n0.onClick`, (message) => message.startsWith('r3,'))
    expect(back.peer.messages.findLast((message) => message.startsWith('f1,'))).toContain('count 3')
    back.peer.end()
  })
})

test('what a page that sleeps has forgotten is not remembered by its store', async () => {
  const port = await serve({ limits: { sessionGraceMs: 30 } })
  const { peer, hello } = await asleep(port)
  await cut(peer)
  // Stored, with the answers that are not known to have arrived.
  await until(() => serverNow().sessions === 0)
  const anew = await enter(port, { token: hello.token })
  const frame = await anew.peer.ask('m7\n/', (message) => message.startsWith('f7,'))
  const sequence = /^f7,(\d+)/.exec(frame)?.[1]
  anew.peer.send(`a7,${sequence},${sequence}`)
  // The first one ended in its sleep.
  await sleepers.until(2)
  await cut(anew.peer)
  await until(() => serverNow().sessions === 0)
  const { token, series } = anew.welcome
  const back = await enter(port, { token, series, received: 1 })
  expect(back.welcome.session).toBe('restored')
  await back.peer.ask('m7\n/', (message) => message.startsWith('f7,'))
  // That page has not made its second call yet; of the one before it is not known that it has the answer.
  await back.peer.ask(`c2,7,9,1\n0.onClick`, (message) => message.startsWith('r2,'))
  expect(back.peer.messages.findLast((message) => message.startsWith('f7,'))).toContain('count 3')
  back.peer.end()
})

test('another server goes on with what sleeps on one that is lost', async () => {
  const path = join(folder, 'lost.log')
  const { hello } = await asleep(await serve({ sessionStore: fileStore({ path }) }))
  await servers.shift()?.close()
  const port = await serve({ sessionStore: fileStore({ path }) })
  const back = await enter(port, hello)
  expect(back.welcome.session).toBe('restored')
  expect(await back.peer.ask('m1\n/', (message) => message.startsWith('f1,'))).toContain('count 2')
  back.peer.end()
})

test('a user whose data is other now is seen by a tree that sleeps; a session that is ended leaves nothing', async () => {
  name = 'Ada'
  const { peer } = await enter(await serve())
  await peer.mount(1, '/name')
  await sleepers.until(1)
  name = 'Ada Lovelace'
  await serverNow().refresh({ userId: 'ada' })
  await peer.next((message) => message.startsWith('f1,') && message.includes('Lovelace'))
  const [frame = ''] = /^f1,(\d+)/.exec(peer.messages.findLast((each) => each.startsWith('f1,')) ?? '') ?? []
  peer.send(`a1,${frame.slice(3)},${frame.slice(3)}`)
  await sleepers.until(1)
  const ended: string[] = []
  const stop = onDiagnostic('liveroot.session.ended', ({ session }) => ended.push(session))
  expect(serverNow().disconnect({ userId: 'ada' })).toBe(1)
  expect((await peer.closing()).refusal).toBe('revoked')
  expect([ended.length, serverNow().sessions]).toEqual([1, 0])
  stop()
})
