import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLiveServer, type HttpHook, httpHook, type LiveServer, verifyHmac } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { githubHook } from '../../fixtures/webhooks/github-hook.ts'
import { stripeHook } from '../../fixtures/webhooks/stripe-hook.ts'

const servers: LiveServer[] = []

async function serve(...httpHooks: HttpHook[]) {
  const onError = jest.fn()
  const server = createLiveServer({ routes: [], httpHooks, clientModules, onError })
  servers.push(server)
  const { port } = await server.listen(0, '127.0.0.1')
  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers })
    const text = await response.text()
    return {
      status: response.status,
      text,
      headers: response.headers,
      code: /"code":"(\w+)"/.exec(text)?.[1],
    }
  }
  return { post, server, onError }
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')
const seconds = (agoMs = 0) => String(Math.floor((Date.now() - agoMs) / 1_000))

describe('signatures', () => {
  test('the recipe for GitHub takes the example of its documentation, and nothing else', async () => {
    const { post } = await serve(githubHook("It's a Secret to Everybody"))
    const signed = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const send = (body: string, signature: string) =>
      post('/hooks/github', body, { 'x-hub-signature-256': signature, 'x-github-event': 'push' })
    // The example is no JSON: that it is noticed shows that the signature was right.
    expect(await send('Hello, World!', signed)).toMatchObject({ status: 400, code: 'bad_json' })
    expect(await send('Hello, world!', signed)).toMatchObject({ status: 401, code: 'bad_signature' })
    expect(await send('Hello, World!', signed.slice(7))).toMatchObject({ status: 401 })
    expect(await send('Hello, World!', `${signed.slice(0, -2)}00`)).toMatchObject({ status: 401 })
    expect(await send('Hello, World!', 'sha256=')).toMatchObject({ status: 401 })
    expect(await post('/hooks/github', '{}')).toMatchObject({ status: 401, code: 'bad_signature' })
  })

  test('the recipe for Stripe: its scheme, several signatures, and no old ones', async () => {
    const { post } = await serve(stripeHook('whsec_new'))
    const body = '{"id":"evt_1","type":"charge","data":{"object":{}}}'
    const send = (header: string) => post('/hooks/stripe', body, { 'stripe-signature': header })
    const t = seconds()
    const good = hmac('whsec_new', `${t}.${body}`)
    expect((await send(`t=${t},v1=${hmac('whsec_old', `${t}.${body}`)},v1=${good},v0=00`)).status).toBe(204)
    expect(await send(`t=${t},v0=${good}`)).toMatchObject({ status: 401, code: 'bad_signature' })
    expect(await send(`t=${Number(t) + 1},v1=${good}`)).toMatchObject({ status: 401, code: 'bad_signature' })
    const old = seconds(301_000)
    const late = hmac('whsec_new', `${old}.${body}`)
    expect(await send(`t=${old},v1=${late}`)).toMatchObject({ status: 401, code: 'stale_signature' })
    expect(await send(`v1=${hmac('whsec_new', `.${body}`)}`)).toMatchObject({ code: 'stale_signature' })
  })

  test('another algorithm, encoding, header of the time and secret that takes the place of the last', async () => {
    const verify = verifyHmac({
      secret: ['new', 'old'],
      header: 'x-signature',
      algorithm: 'sha512',
      encoding: 'base64',
      timestampHeader: 'x-time',
      toleranceMs: 10_000,
    })
    const { post } = await serve(httpHook('POST', '/', async (request) => await request.text(), { verify }))
    const sign = (secret: string, time: string) =>
      createHmac('sha512', secret).update(`${time}.Ærø`).digest('base64')
    const send = (secret: string, time: string) =>
      post('/', 'Ærø', { 'x-signature': sign(secret, time), 'x-time': time })
    expect((await send('old', seconds())).text).toBe('"Ærø"')
    expect((await send('new', seconds(5_000))).status).toBe(200)
    expect((await send('newer', seconds())).code).toBe('bad_signature')
    expect((await send('new', seconds(20_000))).code).toBe('stale_signature')
    expect((await send('new', seconds(-20_000))).code).toBe('stale_signature')
    expect((await send('new', 'soon')).code).toBe('stale_signature')
  })

  test('a check of one’s own may say no, or throw, which is the hook’s failure', async () => {
    const refuse = httpHook('POST', '/no', () => 'yes', { verify: async () => false })
    const broken = () => {
      throw new Error('broken')
    }
    const { post, onError } = await serve(
      refuse,
      httpHook('POST', '/broken', () => 'yes', { verify: broken }),
    )
    expect(await post('/no', '')).toMatchObject({ status: 401, code: 'bad_signature' })
    expect(await post('/broken', '')).toMatchObject({ status: 500, code: 'hook_failed' })
    expect(onError).toHaveBeenCalledTimes(1)
  })

  test('the documentation shows the recipes as they are tested', () => {
    const docs = readFileSync('docs/http-hooks.md', 'utf8')
    for (const name of ['github', 'stripe'])
      expect(docs).toContain(readFileSync(`fixtures/webhooks/${name}-hook.ts`, 'utf8'))
  })
})

describe('idempotency keys', () => {
  test('a delivery that comes again is answered with the first answer, and not handled', async () => {
    let handled = 0
    const handler = () => {
      handled += 1
      return new Response(`order ${handled}`, { status: 201, headers: { 'x-order': String(handled) } })
    }
    const { post } = await serve(
      httpHook('POST', '/a', handler, { idempotencyKey: 'idempotency-key' }),
      httpHook('POST', '/b', handler, { idempotencyKey: async (request) => (await request.json()).id }),
    )
    const key = { 'idempotency-key': 'k1' }
    for (let i = 0; i < 3; i++) {
      const { status, text, headers } = await post('/a', '{}', key)
      expect([status, text, headers.get('x-order')]).toEqual([201, 'order 1', '1'])
    }
    expect((await post('/a', '{}', { 'idempotency-key': 'k2' })).text).toBe('order 2')
    // Another hook, another space of keys; and without a key every one counts.
    expect((await post('/b', '{"id":"k1"}')).text).toBe('order 3')
    expect((await post('/b', '{"id":"k1"}')).text).toBe('order 3')
    expect((await post('/a', '{}')).text).toBe('order 4')
    expect((await post('/a', '{}')).text).toBe('order 5')
    expect(await post('/b', 'no json')).toMatchObject({ status: 400, code: 'bad_json' })
  })

  test('one that failed is handled again; one that is being handled is answered with 409', async () => {
    let attempts = 0
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const handler = async () => {
      attempts += 1
      if (attempts === 1) throw new Error('not yet')
      if (attempts === 2) return new Response('busy', { status: 503 })
      await held
      return 'done'
    }
    const { post } = await serve(httpHook('POST', '/', handler, { idempotencyKey: 'key' }))
    const send = () => post('/', '', { key: 'k' })
    expect((await send()).status).toBe(500)
    expect((await send()).status).toBe(503)
    const slow = send()
    while (attempts < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await send()).toMatchObject({ status: 409, code: 'delivery_in_progress' })
    release()
    expect(await slow).toMatchObject({ status: 200, text: '"done"' })
    expect(await send()).toMatchObject({ status: 200, text: '"done"' })
    expect(attempts).toBe(3)
  })

  test('answers are kept for their time, and not more of them than the limit', async () => {
    const { MemoryIdempotency } = await import('../../src/server/idempotency.ts')
    const store = new MemoryIdempotency(2)
    const answer = { status: 204, headers: [], body: '' }
    for (const key of ['a', 'b', 'c']) {
      expect(await store.begin(key, 10_000)).toBeNull()
      await store.keep(key, answer, 10_000)
    }
    expect([await store.begin('c', 10_000), await store.begin('b', 10_000)]).toEqual([answer, answer])
    expect(await store.begin('a', 10_000)).toBeNull()
    await store.keep('a', answer, -1)
    expect(await store.begin('a', -1)).toBeNull()
    // A claim of a server that died.
    expect(await store.begin('a', 10_000)).toBeNull()
    expect(await store.begin('a', 10_000)).toBe('busy')
  })
})

test('a hook may take more or less than the limit of the server', async () => {
  const size = async (request: Request) => (await request.arrayBuffer()).byteLength
  const { post } = await serve(
    httpHook('POST', '/small', size, { maxBytes: 4 }),
    httpHook('POST', '/large', size, { maxBytes: 2_000_000 }),
  )
  expect(await post('/small', '12345')).toMatchObject({ status: 413, code: 'body_too_large' })
  expect(await post('/small', '1234')).toMatchObject({ status: 200, text: '4' })
  expect(await post('/large', 'x'.repeat(1_500_000))).toMatchObject({ text: '1500000' })
})

test('the answer comes after the bus has taken what the handler published, awaited or not', async () => {
  const { memoryBus } = await import('liveroot/server')
  const bus = memoryBus()
  const taken: string[] = []
  let refuse = false
  const publish = bus.publish.bind(bus)
  bus.publish = async (topic, text) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (refuse) throw new Error('away')
    taken.push(topic)
    return publish(topic, text)
  }
  const hook = httpHook('POST', '/', (_request, { publish }) => {
    publish('orders', 1)
  })
  const onError = jest.fn()
  const server = createLiveServer({ routes: [], httpHooks: [hook], clientModules, bus, onError })
  servers.push(server)
  const { port } = await server.listen(0, '127.0.0.1')
  const send = () => fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })
  expect((await send()).status).toBe(204)
  expect(taken).toEqual(['orders'])
  refuse = true
  expect((await send()).status).toBe(500)
})
