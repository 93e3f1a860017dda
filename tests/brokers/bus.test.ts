import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import amqplib from 'amqplib'
import { natsBus } from 'liveroot/nats'
import { postgresBus } from 'liveroot/postgres'
import { rabbitmqBus } from 'liveroot/rabbitmq'
import { redisBus } from 'liveroot/redis'
import type { Bus } from 'liveroot/server'
import { type BrokerAddress, busConformance } from 'liveroot/testing'
import pg from 'pg'
import { createClient } from 'redis'
import { type BrokerName, brokerUrls, describeWithBroker } from '../support/brokers.ts'

interface Engine {
  readonly bus: (options: { url: string; prefix: string; maxBufferedMessages?: number }) => Bus
  readonly clean: (prefix: string) => Promise<void>
}

const engines: Readonly<Record<BrokerName, Engine>> = {
  redis: { bus: redisBus, clean: cleanRedis },
  nats: { bus: natsBus, clean: cleanNats },
  rabbitmq: { bus: rabbitmqBus, clean: cleanRabbitmq },
  postgres: { bus: postgresBus, clean: cleanPostgres },
}

async function cleanRedis(prefix: string): Promise<void> {
  const client = createClient({ url: brokerUrls.redis })
  await client.connect()
  const keys = await client.keys(`{${prefix}}:*`)
  if (keys.length > 0) await client.del(keys)
  await client.close()
}

async function cleanNats(prefix: string): Promise<void> {
  const connection = await connect({ servers: brokerUrls.nats })
  const manager = await jetstreamManager(connection)
  await manager.streams.delete(`liveroot_${prefix}`).catch(() => {})
  await connection.close()
}

async function cleanRabbitmq(prefix: string): Promise<void> {
  const connection = await amqplib.connect(brokerUrls.rabbitmq)
  const channel = await connection.createChannel()
  await channel.deleteQueue(`${prefix}.history`)
  await channel.deleteExchange(`${prefix}.topics`)
  await connection.close()
}

async function cleanPostgres(prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: brokerUrls.postgres })
  await client.connect()
  await client.query(
    `DROP FUNCTION IF EXISTS ${prefix}_messages_publish; DROP TABLE IF EXISTS ${prefix}_messages`,
  )
  await client.end()
}

for (const [name, { bus, clean }] of Object.entries(engines)) {
  describeWithBroker(name as BrokerName, `${name} as a bus`, (url) => {
    const { hostname, port } = new URL(url)
    const cases = busConformance({
      address: { host: hostname, port: Number(port) },
      connect: ({ address, ...options }) => bus({ url: urlAt(url, address), ...options }),
      clean,
    })
    test.each(cases)('$name', ({ run }) => run(), 120_000)
  })
}

function urlAt(url: string, { host, port }: BrokerAddress): string {
  const there = new URL(url)
  there.hostname = host
  there.port = String(port)
  return there.href
}
