import { setTimeout as sleep } from 'node:timers/promises'
import type { KV, KvEntry } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { LiverootError } from '../../errors.ts'
import {
  isAsSeen,
  type SeenEntry,
  type SessionEntries,
  type SessionSave,
  type SessionStore,
} from '../../server/session-store.ts'
import { reached } from '../reached.ts'
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
 * @returns the store, for `createLiveServer`. While NATS cannot be reached, what is asked for waits for some seconds, and
 *   then rejects; the store connects by itself as soon as it can.
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
  private readonly revisions = new Revisions()
  private readonly closing = new AbortController()
  healthy = false

  constructor(options: NatsStoreOptions) {
    this.opened = this.open(options)
    // Whoever uses the store first is told.
    this.opened.catch(() => {})
  }

  /** The client connects again by itself, but not where it never was connected. */
  private async open(options: NatsStoreOptions): Promise<Opened> {
    const { signal } = this.closing
    await loadKv()
    for (;;) {
      try {
        const opened = await open(options)
        void this.watch(opened.connection)
        return opened
      } catch (error) {
        await sleep(retryMs, undefined, { signal }).catch(() => {})
        if (signal.aborted) throw error
      }
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    this.healthy = true
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.healthy = false
      if (type === 'reconnect') this.healthy = true
    }
  }

  private reached(): Promise<Opened> {
    return reached(this.opened, 'NATS')
  }

  async prepare(): Promise<void> {
    await loadKv()
  }

  async load(session: string): Promise<SessionEntries | null> {
    const { kv } = await this.reached()
    const value = readValue(await kv.get(keyOf(session)))
    return value === null || value.expiresAt <= Date.now() ? null : new Map(value.entries)
  }

  async claim(session: string, owner: string, seen?: SeenEntry): Promise<SessionEntries | null> {
    const { kv } = await this.reached()
    const key = keyOf(session)
    for (;;) {
      const entry = await kv.get(key)
      const value = readValue(entry)
      if (entry === null || value === null || value.expiresAt <= Date.now()) return null
      const entries = new Map(value.entries)
      if (!isAsSeen(entries, seen)) return null
      const revision = await tryUpdate(kv, key, JSON.stringify({ ...value, owner }), entry.revision)
      if (revision === null) continue
      this.revisions.set(session, owner, revision)
      return entries
    }
  }

  async save(session: string, owner: string, { all, expiresAt }: SessionSave): Promise<void> {
    const { connection, kv } = await this.reached()
    const text = JSON.stringify({ owner, expiresAt, entries: [...all()] } satisfies Value)
    const { max_payload: most = 1_048_576 } = connection.info ?? {}
    if (Buffer.byteLength(text) > most) {
      throw new LiverootError(
        'session_too_large',
        `The session has ${text.length} bytes, and this NATS takes ${most} at most.`,
      )
    }
    const key = keyOf(session)
    for (let base = this.revisions.of(session, owner); ; ) {
      const revision = await tryUpdate(kv, key, text, base)
      if (revision !== null) return this.revisions.set(session, owner, revision)
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
    this.revisions.forget(session)
    const { kv } = await this.reached()
    const key = keyOf(session)
    const entry = await kv.get(key)
    if (entry === null || readValue(entry)?.owner !== owner) return
    await kv.purge(key, { previousSeq: entry.revision }).catch((error: unknown) => {
      if (!isWrongRevision(error)) throw error
    })
  }

  async close(): Promise<void> {
    this.closing.abort()
    const opened = await this.opened.catch(() => null)
    // Where NATS is gone there is nobody to say it to.
    await opened?.connection.drain().catch(() => opened.connection.close())
  }
}

/** Sessions whose revisions are known; of others they are asked for. */
const maxRevisions = 100_000

/** The newest revisions of the sessions that were saved or claimed here, for who did it. */
class Revisions {
  private readonly known = new Map<string, { readonly owner: string; readonly revision: number }>()

  /** 0 where it is not known. */
  of(session: string, owner: string): number {
    const known = this.known.get(session)
    return known?.owner === owner ? known.revision : 0
  }

  /** Sessions that sleep, or have gone to another server, are not told: the oldest are forgotten. */
  set(session: string, owner: string, revision: number): void {
    this.known.delete(session)
    this.known.set(session, { owner, revision })
    const [oldest] = this.known.keys()
    if (this.known.size > maxRevisions && oldest !== undefined) this.known.delete(oldest)
  }

  forget(session: string): void {
    this.known.delete(session)
  }
}

const retryMs = 1_000

async function open(options: NatsStoreOptions): Promise<Opened> {
  const { bucket = 'liveroot-sessions', replicas = 1, maxAgeMs = 604_800_000 } = options
  const { connect, Kvm } = await loadKv()
  const connection = await connect({ servers: options.url, maxReconnectAttempts: -1 })
  try {
    const kv = await new Kvm(connection).create(bucket, { history: 1, replicas, ttl: maxAgeMs })
    return { connection, kv }
  } catch (error) {
    await connection.close()
    throw error
  }
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
