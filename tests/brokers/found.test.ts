import { type BrokerName, brokerUrls, describeWithBroker } from '../support/brokers.ts'

const greet = {
  redis: async (url: string) => {
    const { createClient } = await import('redis')
    const client = createClient({ url })
    await client.connect()
    const answer = await client.ping()
    client.destroy()
    return answer
  },
  nats: async (url: string) => {
    const { connect } = await import('@nats-io/transport-node')
    const { jetstreamManager } = await import('@nats-io/jetstream')
    const client = await connect({ servers: url })
    const manager = await jetstreamManager(client)
    const { streams } = await manager.getAccountInfo()
    await client.close()
    return streams
  },
  rabbitmq: async (url: string) => {
    const { connect } = await import('amqplib')
    const client = await connect(url)
    const { product } = client.connection.serverProperties
    await client.close()
    return product
  },
  postgres: async (url: string) => {
    const { default: pg } = await import('pg')
    const client = new pg.Client(url)
    await client.connect()
    const { rows } = await client.query('select 1 as one')
    await client.end()
    return rows[0].one
  },
} satisfies Record<BrokerName, (url: string) => Promise<unknown>>

const answersWith = { redis: 'PONG', nats: expect.any(Number), rabbitmq: 'RabbitMQ', postgres: 1 }

for (const broker of Object.keys(brokerUrls) as BrokerName[]) {
  describeWithBroker(broker, `${broker} by its client`, (url) => {
    test('speaks with the client that its adapter uses', async () => {
      expect(await greet[broker](url)).toEqual(answersWith[broker])
    })
  })
}
