import { createLiveServer, type LiveServer, route } from 'liveroot/server'
import { createElement, useState } from 'react'
import type { WelcomeBody } from '../../src/protocol/messages.ts'
import { Peer } from '../failures/peer.ts'

// What a browser that was welcomed again has yet to mount is there for it, however late the welcome comes to it.

jest.setTimeout(120_000)

/** Trees that a browser does not mount again are closed after this. */
const handshakeTimeoutMs = 300

function Counter() {
  const [n, setN] = useState(0)
  return createElement('b', { onClick: () => setN(n + 1) }, n)
}

let server: LiveServer
let port: number

beforeEach(async () => {
  const limits = { handshakeTimeoutMs, sessionGraceMs: handshakeTimeoutMs }
  server = createLiveServer({ routes: [route('/counter', Counter)], clientModules: {}, limits })
  port = (await server.listen(0, '127.0.0.1')).port
})

afterEach(() => server.close())

/** A slow machine may need more than one handshake. */
async function open(hello: object): Promise<{ peer: Peer; welcome: WelcomeBody }> {
  for (;;) {
    const peer = await Peer.open(port, false)
    peer.send(`h2\n${JSON.stringify(hello)}`)
    await peer.until(() => peer.messages.length > 0 || peer.closed !== null)
    const [head, body = ''] = String(peer.messages[0]).split('\n')
    if (head?.startsWith('w2')) return { peer, welcome: JSON.parse(body) }
    peer.end()
  }
}

const beyondMs = 4 * handshakeTimeoutMs

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A browser that has clicked once. */
async function clicked(): Promise<{ peer: Peer; token: string }> {
  const { peer, welcome } = await open({})
  await peer.mount(1, '/counter')
  await peer.ask('c1,1,1,1\n0.onClick', (message) => message.startsWith('r1'))
  peer.send('a1,2,2')
  return { peer, token: welcome.token }
}

/** A browser that has lost count of what was on the way. */
const lost = (token: string) => ({ token, received: 99, series: 99 })

/** The tree lives on: with its state, and the numbers of its frames go on. */
async function expectSameTree(peer: Peer): Promise<void> {
  const frame = await peer.ask('m1\n/counter', (message) => message.startsWith('f1,'))
  expect(frame).toContain('"children":1')
  expect(Number(/^f1,(\d+)/.exec(frame)?.[1])).toBeGreaterThan(2)
}

test('of a session that its browser takes over', async () => {
  const { token } = await clicked()
  const { peer, welcome } = await open(lost(token))
  expect(welcome.session).toBe('restored')
  await after(beyondMs)
  await expectSameTree(peer)
  peer.end()
})

test('of a session that slept', async () => {
  const { peer: former, token } = await clicked()
  former.end()
  while (server.health().sessions > 0) await after(10)
  const { peer, welcome } = await open(lost(token))
  expect(welcome.session).toBe('restored')
  await after(beyondMs)
  await expectSameTree(peer)
  peer.end()
})

test('and of one whose browser was lost before it mounted anything', async () => {
  const { token } = await clicked()
  const { peer: second, welcome } = await open(lost(token))
  second.end()
  await after(beyondMs)
  const { peer } = await open(lost(welcome.token))
  await expectSameTree(peer)
  peer.end()
})

test('what a browser does not mount, though it is there, is closed', async () => {
  const { token } = await clicked()
  const { peer } = await open(lost(token))
  peer.send('p')
  await after(beyondMs)
  const frame = await peer.ask('m1\n/counter', (message) => message.startsWith('f1,'))
  expect(frame).toMatch(/^f1,1\n/)
  peer.end()
})
