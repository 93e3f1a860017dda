import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLiveServer, type LiveServerOptions, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { Peer } from '../failures/peer.ts'

const options: LiveServerOptions = { routes: [route('/', () => 'hello')], clientModules }

async function ask(port: number, path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}

test('a server tells how it is, and over HTTP', async () => {
  const live = createLiveServer(options)
  expect(live.health()).toMatchObject({ status: 'new', ready: false, draining: false, sessions: 0 })
  const { port } = await live.listen(0, '127.0.0.1')
  const greeted = await Peer.open(port)
  const silent = await Peer.open(port, false)
  const health = live.health()
  expect(health).toMatchObject({ status: 'ready', ready: true, connections: 2, sessions: 1 })
  expect(health.parts).toMatchObject({ sessions: true })
  for (const path of ['/live/health', '/live/ready?probe=1']) {
    const { status, body } = await ask(port, path)
    expect([status, body.status, body.connections, body.sessions]).toEqual([200, 'ready', 2, 1])
  }
  expect(await ask(port, '/live/health', 'HEAD')).toEqual({ status: 200, body: '' })
  expect(await ask(port, '/live/health', 'POST')).toEqual({ status: 405, body: '' })
  for (const peer of [greeted, silent]) peer.end()
  await live.close()
  expect(live.health()).toMatchObject({ status: 'closed', ready: false, connections: 0, sessions: 0 })
})

test('the paths are the application’s choice, and can be none', async () => {
  const live = createLiveServer({ ...options, health: { health: '/healthz' } })
  const { port } = await live.listen(0, '127.0.0.1')
  const statuses = ['/healthz', '/live/ready', '/live/health'].map(
    async (path) => (await ask(port, path)).status,
  )
  expect(await Promise.all(statuses)).toEqual([200, 200, 404])
  await live.close()
  const mute = createLiveServer({ ...options, health: false })
  const { port: mutePort } = await mute.listen(0, '127.0.0.1')
  expect((await ask(mutePort, '/live/health')).status).toBe(404)
  await mute.close()
})

test('an HTTP server of one’s own answers it too, and keeps its other paths', async () => {
  const server = createServer((_, response) => response.end('mine'))
  const live = createLiveServer(options)
  live.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  expect((await ask(port, '/live/ready')).status).toBe(200)
  expect(await ask(port, '/elsewhere')).toEqual({ status: 200, body: 'mine' })
  await live.close()
  expect(await ask(port, '/live/ready')).toEqual({ status: 200, body: 'mine' })
  server.close()
})
