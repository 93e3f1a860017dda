import type { KV } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Locks } from '../../server/source.ts'
import { SharedClient } from '../shared-client.ts'
import { loadKv } from './packages.ts'

/** What {@link natsLocks} takes. */
export interface NatsLocksOptions {
  /** The server, or several of a cluster, such as `nats://host:4222`. */
  readonly url: string | readonly string[]
  /** The key-value bucket; made where it is missing. `liveroot_locks`. */
  readonly bucket?: string
  /** How long every claim lasts, for a bucket has one time for all its keys. 600,000. */
  readonly ttlMs?: number
}

/** Claims in a key-value bucket of NATS, for `createLiveServer({ locks })`. Needs the packages
 * `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`. */
export function natsLocks(options: NatsLocksOptions): Locks {
  const shared = new SharedClient(
    () => connect(options),
    ({ connection }) => connection.close(),
  )
  return {
    prepare: async () => void (await loadKv()),
    claim: (name, owner) =>
      shared.use(async ({ bucket }) => {
        const { JetStreamApiError } = await loadKv()
        const key = Buffer.from(name).toString('base64url')
        try {
          await bucket.create(key, owner)
          return true
        } catch (error) {
          if (!(error instanceof JetStreamApiError)) throw error
          // Somebody else was first. Null: and that claim has just ended.
          const held = await bucket.get(key)
          return held?.string() === owner
        }
      }),
    close: () => shared.close(),
  }
}

async function connect(options: NatsLocksOptions): Promise<{ connection: NatsConnection; bucket: KV }> {
  const { url, bucket = 'liveroot_locks', ttlMs = 600_000 } = options
  const { connect, Kvm } = await loadKv()
  const connection = await connect({ servers: typeof url === 'string' ? url : [...url] })
  try {
    return { connection, bucket: await new Kvm(connection).create(bucket, { ttl: ttlMs }) }
  } catch (error) {
    await connection.close()
    throw error
  }
}
