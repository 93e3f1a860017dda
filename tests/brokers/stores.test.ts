import { randomBytes } from 'node:crypto'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { natsStore } from 'liveroot/nats'
import { redisStore } from 'liveroot/redis'
import { sessionStoreConformance } from 'liveroot/testing'
import { createClient } from 'redis'
import { describeWithBroker } from '../support/brokers.ts'

const own = `liveroot-test-${randomBytes(6).toString('hex')}`

describeWithBroker('redis', 'redisStore', (url) => {
  for (const { name, run } of sessionStoreConformance(() => redisStore({ url, prefix: `${own}:` })))
    test(name, run)

  afterAll(async () => {
    const client = await createClient({ url }).connect()
    for await (const keys of client.scanIterator({ MATCH: `${own}:*` }))
      if (keys.length > 0) await client.del(keys)
    await client.close()
  })
})

describeWithBroker('nats', 'natsStore', (url) => {
  for (const { name, run } of sessionStoreConformance(() => natsStore({ url, bucket: own }))) test(name, run)

  test('a session that is too large is refused, and what was saved before stays', async () => {
    const store = natsStore({ url, bucket: own })
    const save = (text: string) => {
      const entries = new Map([['k', text]])
      return store.save('large', 'a', { entries, all: () => entries, expiresAt: Date.now() + 60_000 })
    }
    await save('small')
    await expect(save('x'.repeat(20_000_000))).rejects.toMatchObject({ code: 'session_too_large' })
    expect(await store.claim('large', 'b')).toEqual(new Map([['k', 'small']]))
    await store.close()
  })

  afterAll(async () => {
    const connection = await connect({ servers: url })
    await (await new Kvm(connection).open(own)).destroy()
    await connection.close()
  })
})
