// First, for the client looks for webpack's runtime when it is loaded.
import 'liveroot/testing'

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createLiveClient } from 'liveroot/client'
import { WebSocket } from 'ws'
import { sessionOf } from '../../src/client/live-client.ts'
import type { Connect } from '../../src/client/transport.ts'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { subprotocol } from '../../src/protocol/messages.ts'
import { Peer } from '../failures/peer.ts'

interface RunningServer {
  readonly process: ChildProcess
  readonly port: number
  readonly exited: Promise<unknown[]>
}

const running: ChildProcess[] = []

async function start(port = 0, drainTimeoutMs = 60_000): Promise<RunningServer> {
  const script = path.join(__dirname, 'draining-server.tsx')
  const execArgv = ['--conditions=liveroot-source', '--import', 'tsx']
  const child = fork(script, [String(port), String(drainTimeoutMs)], { execArgv })
  running.push(child)
  const exited = once(child, 'exit')
  const message = once(child, 'message')
  const [said] = (await Promise.race([message, exited])) as [{ port: number } | number]
  if (typeof said !== 'object') throw new Error(`The server ended with code ${said}.`)
  return { process: child, port: said.port, exited }
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

async function isReady(port: number): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/live/ready`)).status
}

const browser =
  (port: number): Connect =>
  (listener) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, subprotocol)
    socket.on('open', () => listener.opened())
    socket.on('message', (data, isBinary) => {
      listener.message(isBinary ? new Uint8Array(data as Buffer) : String(data))
    })
    socket.on('close', (code) => listener.closed(code))
    socket.on('error', () => {})
    return { send: (data) => socket.send(data), close: (code = 1000) => socket.close(code) }
  }

test('SIGTERM under load: calls are answered, browsers sent away, the code is 0, and they find the next server', async () => {
  const first = await start()
  expect(await isReady(first.port)).toBe(200)
  const peers = await Promise.all(Array.from({ length: 20 }, () => Peer.open(first.port)))
  const idle = peers.pop() as Peer
  const client = createLiveClient({
    connect: browser(first.port),
    reconnect: { firstDelayMs: 50, maxDelayMs: 500 },
  })
  const session = sessionOf(client)
  const root = session.mount('/slow')
  root.retain()
  for (const peer of peers) {
    await peer.mount(1, '/slow')
    peer.send('c1,1,1,1\n0.onClick')
  }
  const hook = fetch(`http://127.0.0.1:${first.port}/hooks/slow`, { method: 'POST' })
  // It has come when its answer to what came after is there.
  await Promise.all(peers.map((peer) => peer.ask('p', (message) => message === 'q')))
  first.process.kill('SIGTERM')
  await idle.until(() => idle.closed !== null)
  expect(await isReady(first.port)).toBe(503)
  const late = await Peer.open(first.port, false)
  late.send('h2')
  expect(await late.closing()).toMatchObject({ code: closeCodes.server_closing, refusal: 'server_closing' })
  expect(late.messages[0]).toContain('"retryAfterMs":1000')
  // Not begun here: it is for the next server.
  for (const peer of peers) peer.send('c2,1,1,1\n0.onClick')
  await Promise.all(peers.map((peer) => peer.ask('p', (message) => message === 'q')))
  first.process.send?.('release')
  for (const peer of peers) {
    await peer.until(() => peer.closed !== null)
    expect(peer.closed?.code).toBe(closeCodes.server_closing)
    const answers = peer.messages.filter((message) => /^[ry]/.test(message))
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['r1,'])
  }
  expect(await (await hook).text()).toBe('"done"')
  expect(await first.exited).toEqual([0, null])

  expect(session.status.current).toMatchObject({ state: 'waiting' })
  const second = await start(first.port)
  await idle.until(() => session.status.current.state === 'open' && root.arrived > 0)
  client.close()
  second.process.kill('SIGTERM')
  expect(await second.exited).toEqual([0, null])
}, 120_000)

test('a call that never ends, a peer that never reads and a second SIGTERM keep nobody', async () => {
  const server = await start(0, 300)
  const peer = await Peer.open(server.port)
  await peer.mount(1, '/stuck')
  peer.send('c1,1,1,1\n0.onClick')
  const deaf = await Peer.open(server.port)
  deaf.socket.pause()
  await peer.ask('p', (message) => message === 'q')
  server.process.kill('SIGTERM')
  server.process.kill('SIGTERM')
  expect(await server.exited).toEqual([0, null])
  expect(await peer.closing()).toMatchObject({ refusal: 'server_closing' })
  deaf.end()
}, 60_000)
