import type { RedisClientType } from 'redis'
import { LiverootError } from '../../errors.ts'
import type { SeenEntry, SessionEntries, SessionSave, SessionStore } from '../../server/session-store.ts'
import { reached } from '../reached.ts'
import { loadClient } from './client.ts'

/** What {@link redisStore} takes. */
export interface RedisStoreOptions {
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url: string
  /** What the keys begin with, apart from other applications. `liveroot:session:`. */
  readonly prefix?: string
}

/**
 * Keeps sessions in Redis 6.2 or newer, each in one hash, changed by one script: all or nothing, in a cluster too. Needs
 * the package `redis`. How much of what was acknowledged survives a failure of Redis itself is set there (`appendonly`,
 * `appendfsync`).
 *
 * @returns the store, for `createLiveServer`. While Redis cannot be reached, what is asked for waits for some seconds, and
 *   then rejects; the store connects by itself as soon as it can.
 */
export function redisStore(options: RedisStoreOptions): SessionStore {
  return new RedisStore(options)
}

/** How long what was asked for may take when the store is closed. */
const closeTimeoutMs = 5_000

const ownerField = 'owner'
/** Fields with this in front are entries. */
const entryMark = 'e'

const loadScript = `return redis.call('HGETALL', KEYS[1])`

/** Arguments: owner, and perhaps a field and the text that it must have. */
const claimScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
if ARGV[2] and redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return false end
redis.call('HSET', KEYS[1], '${ownerField}', ARGV[1])
return redis.call('HGETALL', KEYS[1])`

/** Arguments: owner, expiry, whether what follows is everything, and pairs of a field and its text, or `-` and a field. */
const saveScript = `
local owner = redis.call('HGET', KEYS[1], '${ownerField}')
if owner and owner ~= ARGV[1] then return 'taken' end
if not owner then
  if ARGV[3] == '0' then return 'missing' end
  redis.call('HSET', KEYS[1], '${ownerField}', ARGV[1])
end
for i = 4, #ARGV, 2 do
  if ARGV[i] == '-' then redis.call('HDEL', KEYS[1], ARGV[i + 1])
  else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return 'saved'`

const removeScript = `
if redis.call('HGET', KEYS[1], '${ownerField}') == ARGV[1] then redis.call('DEL', KEYS[1]) end`

class RedisStore implements SessionStore {
  readonly outlivesProcess = true
  private readonly prefix: string
  private readonly client: Promise<RedisClientType>
  private readonly connected: Promise<RedisClientType>
  healthy = false

  constructor({ url, prefix = 'liveroot:session:' }: RedisStoreOptions) {
    this.prefix = prefix
    this.client = this.makeClient(url)
    this.connected = this.client.then((client) => client.connect()) as Promise<RedisClientType>
    // Whoever uses the store first is told.
    this.connected.catch(() => {})
  }

  private async makeClient(url: string): Promise<RedisClientType> {
    const { createClient } = await loadClient()
    const client = createClient({ url, RESP: 2 }) as unknown as RedisClientType
    // It reconnects by itself, and what was asked for meanwhile waits.
    client.on('error', () => {
      this.healthy = client.isReady
    })
    client.on('ready', () => {
      this.healthy = true
    })
    return client
  }

  async prepare(): Promise<void> {
    await loadClient()
  }

  async load(session: string): Promise<SessionEntries | null> {
    return entriesOf((await this.run(loadScript, session, [])) as readonly string[])
  }

  async claim(session: string, owner: string, seen?: SeenEntry): Promise<SessionEntries | null> {
    const asSeen = seen === undefined ? [] : [entryMark + seen[0], seen[1]]
    return entriesOf((await this.run(claimScript, session, [owner, ...asSeen])) as readonly string[] | null)
  }

  async save(session: string, owner: string, { entries, all, expiresAt }: SessionSave): Promise<void> {
    const head = [owner, String(Math.ceil(expiresAt))]
    let answer = await this.run(saveScript, session, [...head, '0', ...pairs(entries)])
    if (answer === 'missing') answer = await this.run(saveScript, session, [...head, '1', ...pairs(all())])
    if (answer === 'taken') throw new LiverootError('session_taken')
  }

  async remove(session: string, owner: string): Promise<void> {
    await this.run(removeScript, session, [owner])
  }

  private async run(script: string, session: string, args: string[]): Promise<unknown> {
    const client = await reached(this.connected, 'Redis')
    return client.eval(script, { keys: [this.prefix + session], arguments: args })
  }

  async close(): Promise<void> {
    const client = await this.client.catch(() => null)
    if (client === null) return
    // It would wait for a Redis that is gone, and keep the process alive meanwhile.
    const late = setTimeout(() => client.destroy(), client.isReady ? closeTimeoutMs : 0)
    await client.close().catch(() => {})
    clearTimeout(late)
  }
}

/** Of the fields and values of a hash; null where there is no such hash. */
function entriesOf(found: readonly string[] | null): SessionEntries | null {
  if (found === null || found.length === 0) return null
  const entries = new Map<string, string>()
  for (let i = 0; i < found.length; i += 2) {
    const field = found[i] as string
    if (field.startsWith(entryMark)) entries.set(field.slice(entryMark.length), found[i + 1] as string)
  }
  return entries
}

function pairs(entries: ReadonlyMap<string, string | null>): string[] {
  const list: string[] = []
  for (const [key, text] of entries) {
    if (text === null) list.push('-', entryMark + key)
    else list.push(entryMark + key, text)
  }
  return list
}
