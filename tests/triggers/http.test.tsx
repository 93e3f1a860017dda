import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { useTopic } from 'liveroot'
import { createLiveServer, httpHook, type LiveServer, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { useState } from 'react'
import { WebSocket, WebSocketServer } from 'ws'
import { Peer } from '../failures/peer.ts'

function Orders() {
  const [orders, set] = useState<{ id: number }[]>([])
  useTopic<{ id: number }>('orders', (order) => set((all) => [...all, order]))
  return (
    <ul>
      {orders.map(({ id }) => (
        <li key={id}>{id}</li>
      ))}
    </ul>
  )
}

const hooks = [
  httpHook('post', '/hooks/orders', async (request, { publish }) => publish('orders', await request.json())),
  httpHook('GET', '/hooks/:shop/items/:item', (request, { params }) => ({
    params,
    query: new URL(request.url).searchParams.get('q'),
    agent: request.headers.get('x-agent'),
  })),
  httpHook('PUT', '/hooks/:shop/items/:item', async (request) => await request.text()),
  httpHook(
    'GET',
    '/hooks/response',
    () => new Response('teapot', { status: 418, headers: { 'x-pot': 'tea' } }),
  ),
  httpHook('GET', '/hooks/cookies', () => {
    const headers = new Headers({ 'content-type': 'text/plain' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    return new Response('two', { headers })
  }),
  httpHook('GET', '/hooks/null', () => null),
]

let live: LiveServer
let port: number

const url = (path: string) => `http://127.0.0.1:${port}${path}`

describe('a server of its own', () => {
  beforeEach(async () => {
    live = createLiveServer({ routes: [route('/orders', Orders)], httpHooks: hooks, clientModules })
    port = (await live.listen(0, '127.0.0.1')).port
  })
  afterEach(() => live.close())

  test('a hook triggers a render, and answers 204 when it returns nothing', async () => {
    const peer = await Peer.open(port)
    await peer.mount(1, '/orders')
    const response = await fetch(url('/hooks/orders'), { method: 'POST', body: '{"id":7}' })
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(await peer.next((message) => message.startsWith('f1,2'))).toContain('7')
    peer.end()
  })

  test('parameters, query and headers reach the hook; what it returns is the JSON of the answer', async () => {
    const response = await fetch(url('/hooks/caf%C3%A9/items/1%2F2?q=x%20y'), {
      headers: { 'x-agent': 'me' },
    })
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toEqual({
      params: { shop: 'café', item: '1/2' },
      query: 'x y',
      agent: 'me',
    })
    const text = await fetch(url('/hooks/a/items/b'), { method: 'PUT', body: 'hej' })
    expect(await text.json()).toBe('hej')
    expect(await (await fetch(url('/hooks/null'))).json()).toBeNull()
  })

  test('a Response is sent as it is, with every header', async () => {
    const response = await fetch(url('/hooks/response'))
    expect([response.status, response.headers.get('x-pot'), await response.text()]).toEqual([
      418,
      'tea',
      'teapot',
    ])
    const cookies = await fetch(url('/hooks/cookies'))
    expect(cookies.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('another method is answered with 405 and the ones there are, another path with 404', async () => {
    const response = await fetch(url('/hooks/a/items/b'), { method: 'DELETE' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PUT'])
    expect((await fetch(url('/hooks'))).status).toBe(404)
    expect((await fetch(url('/live'))).status).toBe(404)
  })

  test('an upgrade to another path is not left hanging', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/elsewhere`)
    const ended = new Promise((resolve) => socket.once('error', resolve).once('close', resolve))
    await ended
    socket.terminate()
  })
})

test('a hook whose path has no slash is refused', () => {
  expect(() => httpHook('GET', 'hooks', () => {})).toThrow(expect.objectContaining({ code: 'bad_route' }))
})

test('attached to a server: its other routes and upgrades go on, and all is as before after close', async () => {
  const http: Server = createServer((request, response) => {
    response.end(request.url === '/hooks/orders' ? 'the application’s' : `page ${request.url}`)
  })
  const echo = new WebSocketServer({ noServer: true })
  http.on('upgrade', (request, socket, head) => {
    if (request.url !== '/echo') return
    echo.handleUpgrade(request, socket, head, (peer) =>
      peer.on('message', (data) => peer.send(`echo ${data}`)),
    )
  })
  const server = createLiveServer({ routes: [route('/orders', Orders)], httpHooks: hooks, clientModules })
  server.attach(http)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  port = (http.address() as AddressInfo).port

  expect(await (await fetch(url('/about'))).text()).toBe('page /about')
  expect((await fetch(url('/hooks/orders'), { method: 'POST', body: '{"id":1}' })).status).toBe(204)
  const peer = await Peer.open(port)
  await peer.mount(1, '/orders')
  const other = new WebSocket(`ws://127.0.0.1:${port}/echo`)
  await new Promise((resolve) => other.once('open', resolve))
  const answer = new Promise((resolve) => other.once('message', (data) => resolve(String(data))))
  other.send('hi')
  expect(await answer).toBe('echo hi')

  await server.close()
  expect(await peer.closing()).toMatchObject({ code: 1012 })
  const answerAfter = new Promise((resolve) => other.once('message', (data) => resolve(String(data))))
  other.send('still')
  expect(await answerAfter).toBe('echo still')
  expect(await (await fetch(url('/hooks/orders'), { method: 'POST', body: '{}' })).text()).toBe(
    'the application’s',
  )
  other.terminate()
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})
