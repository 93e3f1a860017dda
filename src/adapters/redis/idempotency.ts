import type { IdempotencyStore, KeptAnswer } from '../../server/idempotency.ts'
import { SharedClient } from '../shared-client.ts'
import { connectClient, loadClient, type RedisClient } from './client.ts'

/** What {@link redisIdempotency} takes. */
export interface RedisIdempotencyOptions {
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url: string
  /** What the keys begin with. `liveroot:idempotency:`. */
  readonly prefix?: string
}

const busy = 'busy'
const beginScript = `
  if redis.call('SET', KEYS[1], '${busy}', 'NX', 'PX', ARGV[1]) then return false end
  return redis.call('GET', KEYS[1])
`

/**
 * Keeps the answers of hooks in Redis, for `createLiveServer({ idempotency })`: a delivery that comes again at another server is
 * answered with the first answer. Redis drops them when their time is over. Needs the package `redis`.
 */
export function redisIdempotency(options: RedisIdempotencyOptions): IdempotencyStore {
  const { url, prefix = 'liveroot:idempotency:' } = options
  const shared = new SharedClient<RedisClient>(
    () => connectClient(url),
    (client) => client.isOpen && client.destroy(),
  )
  return {
    prepare: async () => void (await loadClient()),
    begin: (key, claimMs) =>
      shared.use(async (client) => {
        const given = { keys: [prefix + key], arguments: [String(claimMs)] }
        const text = (await client.eval(beginScript, given)) as Buffer | null
        if (text === null) return null
        return String(text) === busy ? busy : (JSON.parse(String(text)) as KeptAnswer)
      }),
    keep: (key, answer, ttlMs) =>
      shared.use(async (client) => {
        await client.sendCommand(['SET', prefix + key, JSON.stringify(answer), 'PX', String(ttlMs)])
      }),
    forget: (key) =>
      shared.use(async (client) => {
        await client.sendCommand(['DEL', prefix + key])
      }),
    close: () => shared.close(),
  }
}
