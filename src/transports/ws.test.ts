import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { subprotocol } from '../protocol/messages.ts'
import { PreparedMessage, type Socket } from '../server/transport.ts'
import { webSocketTransport } from './ws.ts'

/** A connection whose writes to the network are counted. */
class CountedStream extends Duplex {
  writes = 0

  constructor(private readonly network: Duplex) {
    super({ allowHalfOpen: true })
    network.on('data', (data) => this.push(data))
    network.on('end', () => this.push(null))
    network.on('error', (error) => this.destroy(error))
  }

  override _read(): void {}

  override _write(data: Buffer, _encoding: string, done: () => void): void {
    this.writes++
    this.network.write(data, () => done())
  }

  override _writev(parts: readonly { chunk: Buffer }[], done: () => void): void {
    this.writes++
    this.network.write(Buffer.concat(parts.map(({ chunk }) => chunk)), () => done())
  }

  override _final(done: () => void): void {
    this.network.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.network.destroy()
    done(error)
  }
}

interface Ends {
  readonly server: Socket
  readonly stream: CountedStream
  readonly client: WebSocket
  readonly received: string[]
}

const options = { maxMessageBytes: 1000, allow: () => true }

/** Opens some connections to one server, and gives both ends of each. `answer` hears what the server is sent. */
async function openScene(connections: number, answer: (socket: Socket) => void = () => {}) {
  const http = createServer()
  let accepted: Socket | undefined
  let drained = 0
  const transport = webSocketTransport(options, (socket) => {
    accepted = socket
    return { message: () => answer(socket), drained: () => drained++, closed: () => {} }
  })
  let stream: CountedStream | undefined
  http.on('upgrade', (request, socket, head) => {
    stream = new CountedStream(socket)
    transport.upgrade(request, stream, head)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const ends: Ends[] = []
  for (let i = 0; i < connections; i++) {
    const client = new WebSocket(`ws://127.0.0.1:${port}`, subprotocol)
    const received: string[] = []
    client.on('message', (data) => received.push(String(data)))
    await once(client, 'open')
    ends.push({ server: accepted as Socket, stream: stream as CountedStream, client, received })
  }
  const close = async () => {
    for (const { client } of ends) client.terminate()
    transport.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }
  return { ends, port, close, drained: () => drained }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('what one connection is sent in a turn leaves in order, in one write', async () => {
  const { ends, close } = await openScene(1)
  const [{ server, stream, received }] = ends as [Ends]
  const before = stream.writes
  for (const message of ['first', 'second', 'third']) server.send(message)
  await until(() => received.length === 3)
  expect(received).toEqual(['first', 'second', 'third'])
  expect(stream.writes - before).toBe(1)
  server.send('in another turn')
  await until(() => received.length === 4)
  expect(stream.writes - before).toBe(2)
  await close()
})

test('a connection does not wait for what others are sent', async () => {
  const { ends, close } = await openScene(2)
  const [first, second] = ends as [Ends, Ends]
  const before = first.stream.writes
  first.server.send('1')
  second.server.send('2')
  expect(first.stream.writes - before).toBe(1)
  first.server.send('3')
  await until(() => first.received.length === 2 && second.received.length === 1)
  expect([first.received, second.received]).toEqual([['1', '3'], ['2']])
  await close()
})

test('what is held leaves at the end of the turn, in one write with what was put off until then', async () => {
  const { ends, close } = await openScene(2)
  const [first, second] = ends as [Ends, Ends]
  const before = first.stream.writes
  process.nextTick(() => first.server.send('put off'))
  first.server.send('1')
  first.server.hold?.()
  second.server.send('another')
  first.server.send('2')
  second.server.send('one more')
  expect(first.stream.writes - before).toBe(0)
  await until(() => first.received.length === 3 && second.received.length === 2)
  expect(first.received).toEqual(['1', '2', 'put off'])
  expect(first.stream.writes - before).toBe(1)
  first.server.send('in another turn')
  second.server.send('x')
  expect(first.stream.writes - before).toBe(2)
  await close()
})

test.each(['close', 'terminate'] as const)('what was sent before %s still arrives', async (how) => {
  const { ends, close } = await openScene(1)
  const [{ server, client, received }] = ends as [Ends]
  const closed = once(client, 'close')
  server.send('last words')
  server.hold?.()
  if (how === 'close') server.close(4408, 'handshake_timeout')
  else server.terminate()
  expect((await closed)[0]).toBe(how === 'close' ? 4408 : 1006)
  expect(received).toEqual(['last words'])
  await close()
})

test('it is heard when the network has taken what was buffered', async () => {
  const { ends, close, drained } = await openScene(1)
  const [{ server, client, received }] = ends as [Ends]
  client.pause()
  const message = 'x'.repeat(1_000_000)
  let sent = 0
  while (server.bufferedBytes < 5_000_000) {
    server.send(message)
    sent++
    await new Promise((resolve) => setImmediate(resolve))
  }
  const before = drained()
  client.resume()
  await until(() => received.length === sent && server.bufferedBytes === 0)
  expect(drained()).toBe(before + 1)
  await close()
})

test('what goes to many connections is made a frame once, of any length, and keeps its place among the others', async () => {
  const { ends, close } = await openScene(2)
  const texts = ['é', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536)]
  const messages = texts.map((text) => new PreparedMessage(text))
  for (const { server } of ends) server.send('before')
  for (const message of messages) for (const { server } of ends) server.sendPrepared?.(message)
  const made = messages.map(({ wire }) => wire)
  for (const { server } of ends) server.send('after')
  await until(() => ends.every(({ received }) => received.length === texts.length + 2))
  for (const { received } of ends) expect(received).toEqual(['before', ...texts, 'after'])
  expect(messages.every(({ wire }, i) => wire === made[i] && wire !== undefined)).toBe(true)
  await close()
})

/** Each is the last, or the first, of a way in which a frame says its length. */
const lengths = [0, 1, 125, 126, 65_535, 65_536, 1_048_576]

test.each(lengths)(
  '%d bytes arrive as they were sent: text and bytes, alone and with others',
  async (length) => {
    const { ends, close } = await openScene(1)
    const [{ server, client }] = ends as [Ends]
    const got: string[] = []
    const ofBytes = (bytes: Uint8Array) => `bytes ${Buffer.from(bytes).toString('latin1')}`
    client.on('message', (data: Buffer, isBinary) => got.push(isBinary ? ofBytes(data) : String(data)))
    const text = 'x'.repeat(length)
    const bytes = new Uint8Array(length).fill(0xff)
    server.send(text)
    await until(() => got.length === 1)
    server.send(bytes)
    server.send('between')
    server.send(text)
    server.sendPrepared?.(new PreparedMessage(text))
    server.send(bytes)
    server.send('after')
    await until(() => got.length === 7)
    expect(got).toEqual([text, ofBytes(bytes), 'between', text, text, ofBytes(bytes), 'after'])
    await close()
  },
)

test('text is counted in bytes, not in characters', async () => {
  const { ends, close } = await openScene(1)
  const [{ server, received }] = ends as [Ends]
  const texts = ['é'.repeat(63), '€'.repeat(42), '😀'.repeat(16_384)]
  for (const text of texts) server.send(text)
  await until(() => received.length === texts.length)
  expect(received).toEqual(texts)
  await close()
})

test('what is sent to a connection that is closing, or is gone, is dropped', async () => {
  const { ends, close } = await openScene(1)
  const [{ server, stream, client, received }] = ends as [Ends]
  const closed = once(client, 'close')
  server.close(4408, 'handshake_timeout')
  const before = stream.writes
  const send = () => {
    server.send('too late')
    server.sendPrepared?.(new PreparedMessage('too late'))
  }
  send()
  await closed
  await until(() => stream.destroyed)
  send()
  await new Promise((resolve) => setImmediate(resolve))
  expect([stream.writes - before, received, server.bufferedBytes]).toEqual([0, [], 0])
  await close()
})

const asksToClose = [0x88, 0x80, 0, 0, 0, 0]
const says = [0x81, 0x81, 0, 0, 0, 0, 'x'.charCodeAt(0)]

test('nothing follows the word that a connection closes, though an answer was waiting to leave', async () => {
  const { port, close } = await openScene(0, (socket) => socket.send('answer'))
  const raw = connect(port, '127.0.0.1')
  const heard: Buffer[] = []
  // The server destroys what is still open at its end.
  raw.on('error', () => {})
  raw.on('data', (data: Buffer) => heard.push(data))
  const ended = once(raw, 'end')
  raw.write(
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await until(() => heard.length > 0)
  heard.length = 0
  // In one piece: the server hears of both before anything that waits in this turn has left.
  raw.write(Buffer.from([...says, ...asksToClose]))
  await ended
  const frames = Buffer.concat(heard)
  expect(frames[frames.length - 2]).toBe(0x88)
  await close()
})
