import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { WebSocket, WebSocketServer } from 'ws'
import { type LatencyProxy, type LinkOptions, startLatencyProxy } from './latency-proxy.ts'

const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A server that sends everything back, behind a proxy; `accepted` are its ends of the connections. */
async function echoBehind(options: LinkOptions & { maxHeldBytes?: number } = {}) {
  const accepted: Socket[] = []
  const server = createServer((socket) => {
    accepted.push(socket.on('error', () => {}))
    socket.pipe(socket)
  })
  return { accepted, proxy: await behindProxy(await listen(server), options) }
}

async function behindProxy(port: number, options: LinkOptions = {}): Promise<LatencyProxy> {
  const proxy = await startLatencyProxy({ target: { port }, ...options })
  ends.push(() => proxy.close())
  return proxy
}

async function open({ port }: LatencyProxy): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  ends.push(() => socket.destroy())
  return socket.on('error', () => {})
}

/** Everything that a socket receives until its other end is done. */
async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test('bytes arrive whole and in order, whatever the jitter', async () => {
  const { proxy } = await echoBehind()
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), { minLength: 1, maxLength: 30 })
  const link = { latencyMs: fc.nat(6), jitterMs: fc.nat(6), seed: fc.nat(1_000) }
  await fc.assert(
    fc.asyncProperty(chunks, fc.record(link), async (sent, { latencyMs, jitterMs, seed }) => {
      let drawn = seed
      const random = () => {
        drawn = (drawn * 1103 + 12345) % 65536
        return drawn / 65536
      }
      proxy.change({ latencyMs, jitterMs, random })
      const socket = await open(proxy)
      const received = readAll(socket)
      for (const chunk of sent) {
        socket.write(chunk)
        await sleep(0)
      }
      socket.end()
      expect((await received).equals(Buffer.concat(sent))).toBe(true)
    }),
    { numRuns: 25 },
  )
})

test('a round trip takes the latency at least, and another one once it is changed', async () => {
  const { proxy } = await echoBehind({ latencyMs: 60 })
  const socket = await open(proxy)
  expect(await roundTripMs(socket)).toBeGreaterThanOrEqual(60)
  proxy.change({ latencyMs: 120 })
  expect(await roundTripMs(socket)).toBeGreaterThanOrEqual(120)
})

test('jitter is added each way', async () => {
  const { proxy } = await echoBehind({ latencyMs: 20, jitterMs: 40, random: () => 0.75 })
  expect(await roundTripMs(await open(proxy))).toBeGreaterThanOrEqual(20 + 2 * 30)
})

async function roundTripMs(socket: Socket): Promise<number> {
  const from = performance.now()
  socket.write('ping')
  await once(socket, 'data')
  return performance.now() - from
}

test('a bounded throughput is kept to', async () => {
  const { proxy } = await echoBehind({ bytesPerSecond: 100_000 })
  const socket = await open(proxy)
  const from = performance.now()
  socket.end(Buffer.alloc(20_000))
  expect(await readAll(socket)).toHaveLength(20_000)
  expect(performance.now() - from).toBeGreaterThanOrEqual(200)
})

test('while paused nothing passes and nothing breaks', async () => {
  const { proxy } = await echoBehind()
  const socket = await open(proxy)
  await roundTripMs(socket)
  proxy.pause()
  const both = [socket, await open(proxy)]
  const received = ['', '']
  both.forEach((each, i) => {
    each.on('data', (data: Buffer) => {
      received[i] += String(data)
    })
    each.write(`from ${i}`)
  })
  await sleep(30)
  expect([received, proxy.connections]).toEqual([['', ''], 2])
  proxy.resume()
  while (received.includes('')) await sleep(1)
  expect(received).toEqual(['from 0', 'from 1'])
})

test('a sender that is not read from is held back', async () => {
  const { proxy, accepted } = await echoBehind({ maxHeldBytes: 100_000 })
  const socket = await open(proxy)
  await roundTripMs(socket)
  proxy.pause()
  const total = 40_000_000
  socket.end(Buffer.alloc(total))
  await sleep(100)
  // The operating system's own buffers take some megabytes.
  expect(socket.writableLength).toBeGreaterThan(total / 2)
  proxy.resume()
  expect(await readAll(socket)).toHaveLength(total)
  expect(accepted[0]?.bytesRead).toBe(total + 4)
})

test('drop breaks both sides, and new connections go on', async () => {
  const { proxy, accepted } = await echoBehind({ latencyMs: 10 })
  const socket = await open(proxy)
  await roundTripMs(socket)
  const closed = Promise.all([once(socket, 'close'), once(accepted[0] as Socket, 'close')])
  proxy.drop()
  await closed
  await roundTripMs(await open(proxy))
  expect(proxy.connections).toBe(1)
})

test('an end that breaks off takes the other with it', async () => {
  const { proxy, accepted } = await echoBehind()
  const socket = await open(proxy)
  await roundTripMs(socket)
  const closed = once(socket, 'close')
  accepted[0]?.resetAndDestroy()
  await closed
})

test('a server that is not there is a connection that ends', async () => {
  const nobody = createServer()
  const port = await listen(nobody)
  nobody.close()
  const socket = await open(await behindProxy(port))
  await once(socket.resume(), 'close')
})

test('HTTP and WebSocket go through, and close leaves nothing', async () => {
  const server = createHttpServer((_request, response) => response.end('a page'))
  new WebSocketServer({ server }).on('connection', (peer) =>
    peer.on('message', (data) => peer.send(`${data}!`)),
  )
  const proxy = await behindProxy(await listen(server), { latencyMs: 10, jitterMs: 10 })
  expect(await (await fetch(proxy.url)).text()).toBe('a page')
  const socket = new WebSocket(proxy.url.replace('http', 'ws'))
  await once(socket, 'open')
  socket.send('hello')
  expect(String((await once(socket, 'message'))[0])).toBe('hello!')
  const closed = once(socket, 'close')
  await proxy.close()
  expect((await closed)[0]).toBe(1006)
  expect(proxy.connections).toBe(0)
  await expect(fetch(proxy.url)).rejects.toThrow('fetch failed')
  server.closeAllConnections()
})
