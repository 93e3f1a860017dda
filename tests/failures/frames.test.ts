import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { openScene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

test.each<[string, string | Uint8Array]>([
  ['text garbage', 'complete nonsense'],
  ['an empty message', ''],
  ['a letter that nobody knows', 'k1'],
  ['a message of the server', 'w1,25000'],
  ['a binary message', new Uint8Array([109, 49, 10, 47])],
  ['a field too few', 'a1,1'],
  ['a field too many', 'u1,2'],
  ['a number that is none', 'u1x'],
  ['a negative number', 'u-1'],
  ['a fraction', 'u1.5'],
  ['a number with a zero before it', 'u01'],
  ['a number in exponents', 'u1e3'],
  ['a number beyond what is exact', 'u9007199254740993'],
  ['a number of a hundred digits', `u${'9'.repeat(100)}`],
  ['an empty field', 'a1,,1'],
  ['a body that is missing', 'm1'],
  ['a body where there is none', 'u1\nx'],
  ['a field after a space', 'u 1'],
  ['a second hello', 'h2'],
  ['a receipt without a count', 't'],
])('%s closes the connection with bad_frame', async (_, message) => {
  const { port, end } = await openScene()
  const peer = await Peer.open(port)
  await peer.mount(1, '/counter')
  peer.send(message)
  expect(await peer.closing()).toEqual({
    code: closeCodes.bad_frame,
    reason: 'bad_frame',
    refusal: 'bad_frame',
  })
  await end()
})

test('a message that is too large closes the connection before it is read', async () => {
  const { port, end } = await openScene({ limits: { maxMessageBytes: 1_000 } })
  const peer = await Peer.open(port)
  await peer.mount(1, '/counter')
  peer.send(`c1,1,1,1\n0.onClick\n["${'x'.repeat(900)}"]`)
  await peer.next((message) => message.startsWith('r1'))
  peer.send(`c2,1,1,1\n0.onClick\n["${'x'.repeat(1_100)}"]`)
  expect(await peer.closing()).toMatchObject({ code: closeCodes.frame_too_large })
  await end()
})

describe('the handshake', () => {
  // Long enough for the bystander to say hello in time on a machine that is busy.
  const limits = { handshakeTimeoutMs: 1_000 }

  test('without a hello in time the connection is closed', async () => {
    const { port, end } = await openScene({ limits })
    const peer = await Peer.open(port, false)
    expect(await peer.closing()).toMatchObject({
      code: closeCodes.handshake_timeout,
      refusal: 'handshake_timeout',
    })
    await end()
  })

  test('a late hello finds the connection closed', async () => {
    const { port, end } = await openScene({ limits })
    const peer = await Peer.open(port, false)
    peer.socket.once('message', () => peer.send('h2'))
    expect(await peer.closing()).toMatchObject({ refusal: 'handshake_timeout' })
    expect(peer.messages).toHaveLength(1)
    await end()
  })

  test('another message before hello is a bad frame', async () => {
    const { port, end } = await openScene()
    const peer = await Peer.open(port, false)
    peer.send('m1\n/counter')
    expect(await peer.closing()).toMatchObject({ refusal: 'bad_frame' })
    await end()
  })

  test.each(['h0', 'h1', 'h999'])('version %s is refused for good', async (hello) => {
    const { port, end } = await openScene()
    const peer = await Peer.open(port, false)
    peer.send(hello)
    expect(await peer.closing()).toMatchObject({ code: closeCodes.wrong_protocol, refusal: 'wrong_protocol' })
    await end()
  })

  test('after a refusal nothing more is listened to', async () => {
    const { port, end } = await openScene()
    const peer = await Peer.open(port, false)
    peer.send('h1')
    peer.send('h2')
    peer.send('m1\n/counter')
    await peer.closing()
    expect(peer.messages.map((message) => message[0])).toEqual(['z'])
    await end()
  })
})

describe('the origin', () => {
  const origins: [string, Record<string, string>, number][] = [
    ['none, which no browser sends', {}, 101],
    ['the server’s own', { origin: 'http://127.0.0.1:PORT' }, 101],
    ['one that is allowed', { origin: 'https://friend.example' }, 101],
    ['another site’s', { origin: 'https://evil.example' }, 403],
    ['another port of the same host', { origin: 'http://127.0.0.1:1' }, 403],
    ['one that only begins like the server’s', { origin: 'http://127.0.0.1:PORT.evil.example' }, 403],
    ['null, as of a sandboxed frame', { origin: 'null' }, 403],
  ]
  test.each(origins)('%s', async (_, headers, status) => {
    const { port, end } = await openScene({ allowedOrigins: ['https://friend.example'] })
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    )
    const attempt = Peer.open(port, true, filled)
    if (status === 101) (await attempt).end()
    else await expect(attempt).rejects.toThrow(`Unexpected server response: ${status}`)
    await end()
  })
})

test('a silent browser is given up', async () => {
  const { port, end } = await openScene({ limits: { heartbeatMs: 1_000 } })
  const silent = await Peer.open(port)
  await silent.until(() => silent.closed !== null)
  expect(codeOf(silent.messages.at(-1))).toBe('heartbeat_timeout')
  // The bystander makes itself heard.
  await end()
})

test('an upgrade that is refused and reset at once harms nobody', async () => {
  const { port, end } = await openScene()
  for (const path of ['/live', '/elsewhere']) {
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.example'
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n${key}\r\n\r\n`)
      if (i % 2 === 0) await sleep(1)
      socket.resetAndDestroy()
    }
  }
  await sleep(20)
  await end()
})
