import { setTimeout as sleep } from 'node:timers/promises'
import { notifications } from 'liveroot/postgres'
import { type DeliveryHandler, type RunningSource, source } from 'liveroot/server'
import pg from 'pg'
import { describeWithBroker } from '../../support/brokers.ts'
import { startOwnBroker } from '../../support/own-broker.ts'
import { until } from '../../support/until.ts'
import { freshName } from './queues.ts'

describeWithBroker('postgres', 'notifications of PostgreSQL', (url) => {
  const running: RunningSource[] = []
  const reported: string[] = []
  const clients: pg.Client[] = []

  /** A server that listens. Resolves at once; `listens` counts how often it has begun to. */
  function listen(
    at: string,
    options: Omit<Parameters<typeof notifications>[0], 'url'>,
    handler: DeliveryHandler<unknown>,
  ) {
    const seen = { listens: 0 }
    const queue = notifications({ url: at, onListen: () => seen.listens++, ...options })
    const own = source(queue, handler, { retry: { attempts: 2, firstDelayMs: 50 } }).start({
      publish: async () => {},
      locks: { claim: async () => true, close: async () => {} },
      failed: (_error, code) => void reported.push(code),
    })
    running.push(own)
    return Object.assign(seen, { stop: () => own.stop(AbortSignal.timeout(5_000)) })
  }

  async function client(at = url): Promise<pg.Client> {
    const own = new pg.Client({ connectionString: at })
    own.on('error', () => {})
    await own.connect()
    clients.push(own)
    return own
  }

  beforeEach(() => reported.splice(0))

  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop(AbortSignal.abort())
    for (const each of clients.splice(0)) await each.end().catch(() => {})
  })

  test('what a trigger of the application says reaches the handler, in order', async () => {
    const [table, channel] = [freshName(), `Orders.${freshName()}`]
    const own = await client()
    await own.query(`
      CREATE TABLE ${table} (id int);
      CREATE FUNCTION ${table}_tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('${channel}', row_to_json(NEW)::text); RETURN NEW; END $$;
      CREATE TRIGGER tell AFTER INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_tell()`)
    try {
      const got: unknown[] = []
      const server = listen(url, { channel }, (order) => void got.push(order))
      await until(() => server.listens === 1)
      await own.query(`INSERT INTO ${table} SELECT generate_series(1, 50)`)
      await until(() => got.length === 50)
      expect(got).toEqual(Array.from({ length: 50 }, (_, i) => ({ id: i + 1 })))
      expect(reported).toEqual([])
    } finally {
      await own.query(`DROP TABLE ${table}; DROP FUNCTION ${table}_tell`)
    }
  })

  test('one server of all gets them, and the next one goes on when it ends; everywhere, each does', async () => {
    const channel = freshName()
    const own = await client()
    const got: Record<string, number[]> = { a: [], b: [], c: [] }
    const a = listen(url, { channel }, (n) => void got.a?.push(n as number))
    await until(() => a.listens === 1)
    const b = listen(url, { channel }, (n) => void got.b?.push(n as number))
    const c = listen(url, { channel, everywhere: true }, (n) => void got.c?.push(n as number))
    await until(() => c.listens === 1)
    await own.query('SELECT pg_notify($1, $2)', [channel, '1'])
    await until(() => got.a?.length === 1 && got.c?.length === 1)
    expect(b.listens).toBe(0)
    await a.stop()
    await until(() => b.listens === 1)
    await own.query('SELECT pg_notify($1, $2)', [channel, '2'])
    await until(() => got.b?.length === 1 && got.c?.length === 2)
    expect(got).toEqual({ a: [1], b: [2], c: [1, 2] })
    // One that waits for its turn ends at once, too.
    const d = listen(url, { channel }, () => {})
    await sleep(50)
    await d.stop()
    expect(d.listens).toBe(0)
  })

  test('a handler that throws is run again, and what it cannot handle at all is dropped', async () => {
    const channel = freshName()
    const own = await client()
    const got: [unknown, number][] = []
    const server = listen(url, { channel }, (n, { attempt }) => {
      got.push([n, attempt])
      if (n === 2 || attempt === 1) throw new Error('not yet')
    })
    await until(() => server.listens === 1)
    for (const text of ['1', '2', 'no JSON', '3'])
      await own.query('SELECT pg_notify($1, $2)', [channel, text])
    await until(() => got.length === 6)
    await sleep(100)
    expect(got.filter(([n]) => n === 1)).toEqual([
      [1, 1],
      [1, 2],
    ])
    expect(got.filter(([n]) => n === 2)).toHaveLength(2)
    expect(got.filter(([n]) => n === 3)).toHaveLength(2)
    expect(reported.sort()).toEqual(['bad_delivery', ...Array(4).fill('delivery_failed')])
  })

  test('a database that was killed is listened to again; what was said meanwhile is gone, and the application is told', async () => {
    const broker = await startOwnBroker('postgres')
    try {
      const channel = freshName()
      const got: unknown[] = []
      const server = listen(broker.url, { channel }, (n) => void got.push(n))
      await until(() => server.listens === 1)
      await broker.kill()
      await until(() => reported.includes('source_lost'))
      await broker.start()
      await until(() => server.listens === 2)
      const own = await client(broker.url)
      await own.query('SELECT pg_notify($1, $2)', [channel, '"again"'])
      await until(() => got.length === 1)
      expect(got).toEqual(['again'])
    } finally {
      for (const each of running.splice(0)) await each.stop(AbortSignal.abort())
      await broker.remove()
    }
  }, 120_000)
})
