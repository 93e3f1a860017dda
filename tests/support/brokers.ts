import { spawnSync } from 'node:child_process'

/** Where the brokers of this machine are looked for. */
export const brokerUrls = {
  redis: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  nats: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
  rabbitmq: process.env.RABBITMQ_URL ?? 'amqp://guest:guest@127.0.0.1:5672',
  postgres: process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
} as const

export type BrokerName = keyof typeof brokerUrls

/**
 * `describe` where the broker answers on its port. Where it does not it says so on one line; with
 * `LIVEROOT_REQUIRE_BROKERS` set it fails instead.
 */
export function describeWithBroker(broker: BrokerName, name: string, body: (url: string) => void): void {
  if (answers(broker)) return describe(name, () => body(brokerUrls[broker]))
  const { host } = new URL(brokerUrls[broker])
  if (process.env.LIVEROOT_REQUIRE_BROKERS) {
    test(name, () => {
      throw new Error(`No ${broker} answers at ${host}, and LIVEROOT_REQUIRE_BROKERS asks for one.`)
    })
    return
  }
  process.stderr.write(`Skipped with a real broker: ${name} (no ${broker} answers at ${host})\n`)
  test.skip(name, () => {})
}

const known = new Map<BrokerName, boolean>()

/** Asked in a process of its own, for `describe` cannot wait. */
export function answers(broker: BrokerName): boolean {
  const before = known.get(broker)
  if (before !== undefined) return before
  const { hostname, port } = new URL(brokerUrls[broker])
  const script = `
    const socket = require('node:net').connect(${Number(port)}, ${JSON.stringify(hostname)})
    socket.on('connect', () => process.exit(0)).on('error', () => process.exit(1))
    setTimeout(() => process.exit(1), 5000)
  `
  const answered = spawnSync(process.execPath, ['-e', script]).status === 0
  known.set(broker, answered)
  return answered
}
