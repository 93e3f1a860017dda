import { setImmediate as turn } from 'node:timers/promises'
import { createLiveServer, type LiveServer, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import type { Body } from '../../src/protocol/messages.ts'
import { until } from '../support/until.ts'

let server: LiveServer

beforeAll(() => {
  server = createLiveServer({ routes: [], clientModules, limits: { maxSessions: 100_000 } })
})

afterAll(() => server.close())

/** The letters of what the server answered to a hello, and what it closed with. */
async function greet(hello: Body): Promise<{ letters: string; closed: string | null; token?: string }> {
  const answers: string[] = []
  let closed: string | null = null
  const socket = {
    bufferedBytes: 0,
    send: (data: Body) => void answers.push(String(data)),
    close: (_: number, reason: string) => {
      closed = reason
    },
    terminate() {},
  }
  const listener = server.accept(socket)
  listener.message(hello)
  // Where one has sent much, its messages wait for a turn of theirs.
  while (answers.length === 0) await turn()
  listener.closed(1000)
  const [answer = ''] = answers
  const token = answer.startsWith('w') ? JSON.parse(answer.slice(answer.indexOf('\n'))).token : undefined
  return { letters: answers.map((text) => text[0]).join(''), closed, ...(token ? { token } : {}) }
}

test.each<[string, string]>([
  ['no JSON', 'h2\n{'],
  ['a text', 'h2\n"x"'],
  ['an array', 'h2\n[]'],
  ['null', 'h2\nnull'],
  ['a number for a token', 'h2\n{"token":1}'],
  ['an object for a token', 'h2\n{"token":{"length":32}}'],
  ['a negative count', 'h2\n{"received":-1}'],
  ['a fraction', 'h2\n{"received":1.5}'],
  ['a count that is too large', 'h2\n{"received":1e300}'],
  ['a text for a count', 'h2\n{"received":"1"}'],
  ['an attempt that is no count', 'h2\n{"attempt":-1}'],
])('%s is a bad frame', async (_, hello) => {
  expect(await greet(hello)).toMatchObject({ letters: 'z', closed: 'bad_frame' })
})

test.each<[string, string]>([
  ['nothing', 'h2'],
  ['an empty object', 'h2\n{}'],
  ['a token of no form', 'h2\n{"token":"x"}'],
  ['an empty token', 'h2\n{"token":""}'],
  ['a token of many letters', `h2\n{"token":"${'x'.repeat(60_000)}"}`],
  ['a token that nobody made', `h2\n{"token":"${'k'.repeat(32)}.${'s'.repeat(43)}","received":3}`],
  ['fields that nobody knows', 'h2\n{"x":1,"__proto__":{"token":1}}'],
])('%s begins a session of its own', async (_, hello) => {
  const { letters, closed, token } = await greet(hello)
  expect([letters, closed]).toEqual(['w', null])
  expect(token).toMatch(/^[\w-]{32}\.[\w-]{43}$/)
})

test('3,000 hellos that were tampered with: each is welcomed or refused, none opens another session, nothing is left', async () => {
  const random = generator(20_261_127)
  const known = await greet('h2')
  const living = `h2\n${JSON.stringify({ token: known.token, received: 0 })}`
  const kinds = { w: 0, z: 0 }
  for (let i = 0; i < 3_000; i++) {
    const hello = tamper(living, random)
    if (hello === living) continue
    const { letters, closed } = await greet(hello)
    expect(['w', 'z']).toContain(letters)
    expect(closed === null).toBe(letters === 'w')
    kinds[letters as 'w' | 'z']++
  }
  expect(kinds.w).toBeGreaterThan(100)
  expect(kinds.z).toBeGreaterThan(500)
  expect([server.sessions, server.connections]).toEqual([0, 0])
})

/** One to three characters replaced, taken out, doubled or put in, or the end cut off. */
function tamper(text: string, random: () => number): string {
  let tampered = text
  for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
    const at = Math.floor(random() * tampered.length)
    const letter = String.fromCharCode(random() < 0.9 ? 32 + random() * 95 : random() * 65_536)
    const kinds = [
      () => tampered.slice(0, at) + letter + tampered.slice(at + 1),
      () => tampered.slice(0, at) + tampered.slice(at + 1),
      () => tampered.slice(0, at) + tampered.slice(at, at + 9) + tampered.slice(at),
      () => tampered.slice(0, at) + letter + tampered.slice(at),
      () => tampered.slice(0, at),
    ]
    tampered = (kinds[Math.floor(random() * kinds.length)] as () => string)()
  }
  return tampered
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

test('a hello that came in time is answered, however long those before it take', async () => {
  const handshakeTimeoutMs = 50
  const Slow = () => {
    const end = performance.now() + handshakeTimeoutMs
    while (performance.now() < end);
    return null
  }
  const busy = createLiveServer({
    routes: [route('/slow', Slow)],
    clientModules,
    limits: { handshakeTimeoutMs },
  })
  const connect = () => {
    const down: string[] = []
    const send = (data: Body) => void down.push(String(data))
    const listener = busy.accept({ bufferedBytes: 0, send, close() {}, terminate() {} })
    listener.message('h2')
    return { listener, down }
  }
  const before = Array.from({ length: 8 }, connect)
  await until(() => before.every(({ down }) => down.length === 1))
  for (const { listener } of before) listener.message('m1\n/slow')
  const late = connect()
  await until(() => late.down.length > 0)
  expect(late.down[0]?.[0]).toBe('w')
  for (const { listener } of [...before, late]) listener.closed(1000)
  await busy.close()
})
