import type { Locks } from '../../server/source.ts'
import { SharedClient } from '../shared-client.ts'
import { connectClient, loadClient, type RedisClient } from './client.ts'

/** What {@link redisLocks} takes. */
export interface RedisLocksOptions {
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url: string
  /** What the keys begin with. `liveroot:lock:`. */
  readonly prefix?: string
}

const claimScript = `
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
  if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
  return 0
`

/** Claims in Redis, for `createLiveServer({ locks })`. Needs the package `redis`. */
export function redisLocks({ url, prefix = 'liveroot:lock:' }: RedisLocksOptions): Locks {
  const shared = new SharedClient<RedisClient>(
    () => connectClient(url),
    (client) => client.isOpen && client.destroy(),
  )
  return {
    prepare: async () => void (await loadClient()),
    claim: (name, owner, ttlMs) =>
      shared.use(async (client) => {
        const given = { keys: [prefix + name], arguments: [owner, String(ttlMs)] }
        return (await client.eval(claimScript, given)) === 1
      }),
    close: () => shared.close(),
  }
}
