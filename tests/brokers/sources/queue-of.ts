import { jetstream } from '../../../src/adapters/nats/index.ts'
import { postgresQueue } from '../../../src/adapters/postgres/index.ts'
import { rabbitmq } from '../../../src/adapters/rabbitmq/index.ts'
import { redisStream } from '../../../src/adapters/redis/index.ts'
import type { Queue } from '../../../src/server/source.ts'
import type { QueueSettings } from '../../../src/testing/queue-bench.ts'
import type { BrokerName } from '../../support/brokers.ts'

type QueueOf = (url: string, name: string, settings: QueueSettings) => Queue

/** A queue of each broker by that name, with the adapter's other options as they are by default. */
export const queueOf: Record<BrokerName, QueueOf> = {
  redis: (url, stream, { prefetch, leaseMs }) =>
    redisStream({ url, stream, group: 'liveroot', prefetch, claimIdleMs: leaseMs }),
  nats: (url, stream, { prefetch, leaseMs }) =>
    jetstream({ url, stream, consumer: 'liveroot', prefetch, ackWaitMs: leaseMs }),
  rabbitmq: (url, queue, { prefetch }) => rabbitmq({ url, queue, prefetch }),
  postgres: (url, table, { prefetch, leaseMs }) => postgresQueue({ url, table, prefetch, leaseMs }),
}
