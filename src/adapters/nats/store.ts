import type { KV, KvEntry } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { LiverootError } from '../../errors.ts'
import type { SessionEntries, SessionSave, SessionStore } from '../../server/session-store.ts'
import { loadKv } from './packages.ts'

/** What {@link natsStore} takes. */
export interface NatsStoreOptions {
  /** Such as `nats://127.0.0.1:4222`. */
  readonly url: string
  /** The bucket, which is made where it is not there. `liveroot-sessions`. */
  readonly bucket?: string
  /** How many servers of a NATS cluster keep the bucket, where it is made. 1. */
  readonly replicas?: number
  /** Sessions that nobody saved for this long leave the bucket, whatever their expiry, in milliseconds. 604,800,000. */
  readonly maxAgeMs?: number
}

/**
 * Keeps sessions in a key-value bucket of NATS JetStream; the revisions of the bucket see to it that one server only
 * saves a session. Needs the packages `@nats-io/transport-node`, `@nats-io/jetstream` and `@nats-io/kv`.
 *
 * NATS has no changes to parts of a value: a session is written whole each time, and one that is larger than the
 * `max_payload` of the NATS server (1 MiB where nothing else is set) cannot be saved (`session_too_large`).
 *
 * @returns the store, for `createLiveServer`.
 */
export function natsStore(options: NatsStoreOptions): SessionStore {
  return new NatsStore(options)
}

interface Opened {
  readonly connection: NatsConnection
  readonly kv: KV
}

interface Value {
  readonly owner: string
  readonly expiresAt: number
  readonly entries: readonly (readonly [string, string])[]
}

class NatsStore implements SessionStore {
  readonly outlivesProcess = true
  private readonly opened: Promise<Opened>
  /** The newest revisions of the sessions that were saved or claimed here, by session and owner. */
  private readonly revisions = new Map<string, { readonly owner: string; readonly revision: number }>()

  constructor(options: NatsStoreOptions) {
    this.opened = open(options)
    // Whoever uses the store first is told.
    this.opened.catch(() => {})
  }

  async prepare(): Promise<void> {
    await loadKv()
  }

  async load(session: string): Promise<SessionEntries | null> {
    const { kv } = await this.opened
    const value = readValue(await kv.get(keyOf(session)))
    return value === null || value.expiresAt <= Date.now() ? null : new Map(value.entries)
  }

  async claim(session: string, owner: string): Promise<SessionEntries | null> {
    const { kv } = await this.opened
    const key = keyOf(session)
    for (;;) {
      const entry = await kv.get(key)
      const value = readValue(entry)
      if (entry === null || value === null || value.expiresAt <= Date.now()) return null
      const revision = await tryUpdate(kv, key, JSON.stringify({ ...value, owner }), entry.revision)
      if (revision === null) continue
      this.revisions.set(session, { owner, revision })
      return new Map(value.entries)
    }
  }

  async save(session: string, owner: string, { all, expiresAt }: SessionSave): Promise<void> {
    const { connection, kv } = await this.opened
    const text = JSON.stringify({ owner, expiresAt, entries: [...all()] } satisfies Value)
    const { max_payload: most = 1_048_576 } = connection.info ?? {}
    if (Buffer.byteLength(text) > most) {
      throw new LiverootError(
        'session_too_large',
        `The session has ${text.length} bytes, and this NATS takes ${most} at most.`,
      )
    }
    const key = keyOf(session)
    const known = this.revisions.get(session)
    for (let base = known?.owner === owner ? known.revision : 0; ; ) {
      const revision = await tryUpdate(kv, key, text, base)
      if (revision !== null) return void this.revisions.set(session, { owner, revision })
      base = await this.baseOf(kv, key, owner)
    }
  }

  /** The revision that a save may replace: our own that we lost track of, one that has expired, or none. */
  private async baseOf(kv: KV, key: string, owner: string): Promise<number> {
    const entry = await kv.get(key)
    const value = readValue(entry)
    if (value !== null && value.owner !== owner && value.expiresAt > Date.now()) {
      throw new LiverootError('session_taken')
    }
    return entry?.revision ?? 0
  }

  async remove(session: string, owner: string): Promise<void> {
    this.revisions.delete(session)
    const { kv } = await this.opened
    const key = keyOf(session)
    const entry = await kv.get(key)
    if (entry === null || readValue(entry)?.owner !== owner) return
    await kv.purge(key, { previousSeq: entry.revision }).catch((error: unknown) => {
      if (!isWrongRevision(error)) throw error
    })
  }

  async close(): Promise<void> {
    const opened = await this.opened.catch(() => null)
    await opened?.connection.drain()
  }
}

async function open(options: NatsStoreOptions): Promise<Opened> {
  const { bucket = 'liveroot-sessions', replicas = 1, maxAgeMs = 604_800_000 } = options
  const { connect, Kvm } = await loadKv()
  const connection = await connect({ servers: options.url, maxReconnectAttempts: -1 })
  const kv = await new Kvm(connection).create(bucket, { history: 1, replicas, ttl: maxAgeMs })
  return { connection, kv }
}

/** Returns the new revision, or null where `base` is not the newest one; 0 stands for none. */
async function tryUpdate(kv: KV, key: string, text: string, base: number): Promise<number | null> {
  try {
    return base === 0 ? await kv.create(key, text) : await kv.update(key, text, base)
  } catch (error) {
    if (isWrongRevision(error)) return null
    throw error
  }
}

const wrongLastSequence = 10071

function isWrongRevision(error: unknown): boolean {
  const {
    code,
    message = '',
    api_error,
  } = error as {
    code?: unknown
    message?: string
    api_error?: { err_code: number }
  }
  const known = api_error?.err_code ?? code
  return known === wrongLastSequence || message.includes('wrong last sequence')
}

function readValue(entry: KvEntry | null): Value | null {
  return entry === null || entry.operation !== 'PUT' ? null : entry.json<Value>()
}

/** Keys of NATS have few characters, and dots part them. */
function keyOf(session: string): string {
  return Buffer.from(session).toString('hex')
}
