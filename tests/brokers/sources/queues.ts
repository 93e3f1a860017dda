import { randomBytes } from 'node:crypto'
import type { DeadLetter, QueueSettings, QueueUnderTest } from 'liveroot/testing'
import { Batch } from '../../../src/adapters/postgres/batch.ts'
import { SerialQueries } from '../../../src/adapters/postgres/serial-queries.ts'
import type { BrokerName } from '../../support/brokers.ts'
import { queueOf } from './queue-of.ts'

/** A queue of a broker, with a program beside it that fills it and looks at its dead letters. */
export type SetUp = (url: string, settings: QueueSettings, name?: string) => Promise<QueueUnderTest>

export const freshName = () => `liveroot_test_${randomBytes(6).toString('hex')}`

const onRabbitmq: SetUp = async (url, settings, queue = freshName()) => {
  const { connect } = await import('amqplib')
  const connection = await connect(url)
  connection.on('error', () => {})
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue(queue, { durable: true })
  const letters: DeadLetter[] = []
  return {
    queue: queueOf.rabbitmq(url, queue, settings),
    send: async (body, headers = {}) => {
      await new Promise<void>((resolve, reject) => {
        channel.sendToQueue(queue, Buffer.from(body), { headers, persistent: true }, (error) =>
          error ? reject(error) : resolve(),
        )
      })
    },
    deadLetters: async () => {
      await channel.assertQueue(`${queue}.dead`, { durable: true })
      const letter = await channel.get(`${queue}.dead`, { noAck: true })
      if (letter === false) return letters
      const { 'x-liveroot-code': code, 'x-liveroot-message': message } = letter.properties.headers ?? {}
      letters.push({ body: String(letter.content), code, message })
      return letters
    },
    remove: async () => {
      for (const name of ['', '.dead', '.retry.100', '.retry.200', '.retry.50'])
        await channel.deleteQueue(queue + name)
      await connection.close()
    },
  }
}

const noLetters = { first_seq: 0, last_seq: 0, messages: 0 }

const onNats: SetUp = async (url, settings, stream = freshName()) => {
  const { connect, headers: makeHeaders } = await import('@nats-io/transport-node')
  const { jetstreamManager } = await import('@nats-io/jetstream')
  const connection = await connect({ servers: url })
  const manager = await jetstreamManager(connection)
  const client = manager.jetstream()
  await manager.streams.add({ name: stream, subjects: [`${stream}.*`] })
  return {
    queue: queueOf.nats(url, stream, settings),
    send: async (body, headers = {}) => {
      const own = makeHeaders()
      for (const [name, value] of Object.entries(headers)) own.set(name, value)
      await client.publish(`${stream}.new`, body, { headers: own })
    },
    deadLetters: async () => {
      const dead = `${stream}_dead`
      const { state } = await manager.streams.info(dead).catch(() => ({ state: noLetters }))
      const letters: DeadLetter[] = []
      for (let seq = state.first_seq; state.messages > 0 && seq <= state.last_seq; seq++) {
        const letter = await manager.streams.getMessage(dead, { seq })
        const header = (name: string) => letter?.header.get(name)
        letters.push({
          body: letter?.string() ?? '',
          code: header('x-liveroot-code'),
          message: header('x-liveroot-message'),
        })
      }
      return letters
    },
    remove: async () => {
      for (const each of [stream, `${stream}_dead`]) await manager.streams.delete(each).catch(() => {})
      await connection.close()
    },
  }
}

const onRedis: SetUp = async (url, settings, stream = freshName()) => {
  const { createClient } = await import('redis')
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  return {
    queue: queueOf.redis(url, stream, settings),
    send: async (body, headers = {}) => {
      await client.xAdd(stream, '*', { ...headers, body })
    },
    deadLetters: async () => {
      const entries = await client.xRange(`${stream}:dead`, '-', '+')
      return (entries ?? []).map(({ message }) => ({
        body: message.body ?? '',
        code: message['x-liveroot-code'],
        message: message['x-liveroot-message'],
      }))
    },
    remove: async () => {
      const due = `${stream}:liveroot:due`
      await client.del([stream, `${stream}:dead`, due, `${due}:entries`])
      client.destroy()
    },
  }
}

const onPostgres: SetUp = async (url, settings, table = freshName()) => {
  const { default: pg } = await import('pg')
  const { postgresQueueTable } = await import('liveroot/postgres')
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  await client.query(postgresQueueTable(table))
  const queries = new SerialQueries(client)
  // One transaction for many: each waits for the disk.
  const sent = new Batch<{ body: string; headers: object }>(async (messages) => {
    const insert = `INSERT INTO ${table} (body, headers)
      SELECT body, headers FROM json_to_recordset($1) AS message (body text, headers jsonb)`
    await queries.run(insert, [JSON.stringify(messages)])
  })
  return {
    queue: queueOf.postgres(url, table, settings),
    send: (body, headers = {}) => sent.add({ body, headers }),
    deadLetters: async () => {
      const { rows } = await queries.run<{ body: string; code: string; message: string }>(
        `SELECT body, dead_code AS code, dead_message AS message FROM ${table} WHERE dead_code IS NOT NULL`,
      )
      return rows
    },
    remove: async () => {
      await client.query(`DROP TABLE ${table}; DROP FUNCTION ${table}_wake()`)
      await client.end()
    },
  }
}

export const setUps: Record<BrokerName, SetUp> = {
  redis: onRedis,
  nats: onNats,
  rabbitmq: onRabbitmq,
  postgres: onPostgres,
}
