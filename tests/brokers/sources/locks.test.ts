import { natsLocks } from 'liveroot/nats'
import { postgresLocks } from 'liveroot/postgres'
import { redisIdempotency, redisLocks } from 'liveroot/redis'
import type { Locks } from 'liveroot/server'
import { type BrokerName, brokerUrls, describeWithBroker } from '../../support/brokers.ts'
import { freshName } from './queues.ts'

const kinds: Partial<Record<BrokerName, (url: string, name: string) => Locks>> = {
  redis: (url, name) => redisLocks({ url, prefix: `${name}:` }),
  postgres: (url, table) => postgresLocks({ url, table }),
  nats: (url, bucket) => natsLocks({ url, bucket, ttlMs: 1_000 }),
}

async function remove(broker: BrokerName, name: string): Promise<void> {
  const url = brokerUrls[broker]
  if (broker === 'postgres') {
    const { default: pg } = await import('pg')
    const client = new pg.Client(url)
    await client.connect()
    await client.query(`DROP TABLE ${name}`)
    await client.end()
  }
  if (broker === 'nats') {
    const { connect } = await import('@nats-io/transport-node')
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const connection = await connect({ servers: url })
    await (await jetstreamManager(connection)).streams.delete(`KV_${name}`)
    await connection.close()
  }
}

for (const broker of Object.keys(kinds) as BrokerName[]) {
  describeWithBroker(broker, `locks of ${broker}`, (url) => {
    test('one of many gets a claim, keeps it, and loses it after its time', async () => {
      const name = freshName()
      const many = Array.from({ length: 5 }, () => kinds[broker]?.(url, name) as Locks)
      try {
        const claim = (lock: string, ttlMs: number) =>
          Promise.all(many.map((locks, i) => locks.claim(lock, `owner ${i}`, ttlMs)))
        const first = await claim('tick@1', 1_000)
        expect(first.filter(Boolean)).toHaveLength(1)
        expect(await claim('tick@1', 1_000)).toEqual(first)
        expect((await claim('tick@2', 1_000)).filter(Boolean)).toHaveLength(1)
        const loser = first.indexOf(false)
        const end = Date.now() + 20_000
        while (!(await many[loser]?.claim('tick@1', `owner ${loser}`, 1_000))) {
          if (Date.now() > end) throw new Error('The claim does not end.')
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      } finally {
        for (const locks of many) await locks.close()
        await remove(broker, name)
      }
    }, 60_000)
  })
}

describeWithBroker('redis', 'answers of hooks in redis', (url) => {
  test('a key is handled once for all servers', async () => {
    const prefix = `${freshName()}:`
    const [one, other] = [redisIdempotency({ url, prefix }), redisIdempotency({ url, prefix })]
    const answer = { status: 201, headers: [['x', 'y']], body: 'T0s=' } as const
    try {
      expect(await one.begin('k', 60_000)).toBeNull()
      expect(await other.begin('k', 60_000)).toBe('busy')
      await one.keep('k', answer, 60_000)
      expect(await other.begin('k', 60_000)).toEqual(answer)
      await other.forget('k')
      expect(await other.begin('k', 60_000)).toBeNull()
    } finally {
      await one.forget('k')
      await one.close()
      await other.close()
    }
  })
})
