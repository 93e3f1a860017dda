import '../durability/live-page.ts'
import { randomBytes } from 'node:crypto'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { createClient } from 'redis'
import { killCases } from '../durability/kill-cases.ts'
import { describeWithBroker } from '../support/brokers.ts'

const own = `liveroot-test-${randomBytes(6).toString('hex')}`

describeWithBroker('redis', 'a killed server with redisStore', (url) => {
  killCases('redis', () => `${url} ${own}:`)

  afterAll(async () => {
    const client = await createClient({ url }).connect()
    for await (const keys of client.scanIterator({ MATCH: `${own}:*` }))
      if (keys.length > 0) await client.del(keys)
    await client.close()
  })
})

describeWithBroker('nats', 'a killed server with natsStore', (url) => {
  killCases('nats', () => `${url} ${own}`)

  afterAll(async () => {
    const connection = await connect({ servers: url })
    await (await new Kvm(connection).open(own)).destroy()
    await connection.close()
  })
})
