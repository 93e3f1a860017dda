import { LiverootError } from '../errors.ts'
import { isAsSeen, type SeenEntry, type SessionEntries, type SessionSave } from './session-store.ts'

/** A session as the stores that hold sessions in memory have it. */
export interface KeptSession {
  owner: string
  expiresAt: number
  readonly entries: Map<string, string>
}

const sweepMs = 30_000

/** Sessions by id, in memory, with their owners and their expiry. */
export class KeptSessions {
  readonly all = new Map<string, KeptSession>()
  private readonly sweeper: NodeJS.Timeout

  constructor(private readonly maxSessions = Number.POSITIVE_INFINITY) {
    this.sweeper = setInterval(() => this.sweep(), sweepMs)
    this.sweeper.unref()
  }

  get(session: string): KeptSession | undefined {
    const kept = this.all.get(session)
    if (kept === undefined || kept.expiresAt > Date.now()) return kept
    this.all.delete(session)
    return undefined
  }

  load(session: string): SessionEntries | null {
    const kept = this.get(session)
    return kept === undefined ? null : new Map(kept.entries)
  }

  claim(session: string, owner: string, seen?: SeenEntry): SessionEntries | null {
    const kept = this.get(session)
    if (kept === undefined || !isAsSeen(kept.entries, seen)) return null
    kept.owner = owner
    return new Map(kept.entries)
  }

  /** True where the owner may save the session. */
  isOf(session: string, owner: string): boolean {
    return (this.get(session)?.owner ?? owner) === owner
  }

  /**
   * Returns the entries to write down: those that changed, or all where the session is new here.
   *
   * @throws `session_taken`
   */
  save(
    session: string,
    owner: string,
    { entries, all, expiresAt }: SessionSave,
  ): ReadonlyMap<string, string | null> {
    const kept = this.get(session)
    if (kept === undefined) {
      const whole = new Map(all())
      this.all.set(session, { owner, expiresAt, entries: whole })
      const [oldest] = this.all.keys()
      if (this.all.size > this.maxSessions && oldest !== undefined) this.all.delete(oldest)
      return whole
    }
    if (kept.owner !== owner) throw new LiverootError('session_taken')
    kept.expiresAt = expiresAt
    this.put(kept, entries)
    return entries
  }

  put(kept: KeptSession, entries: Iterable<readonly [string, string | null]>): void {
    for (const [key, text] of entries) {
      if (text === null) kept.entries.delete(key)
      else kept.entries.set(key, text)
    }
  }

  /** True when there was something to remove. */
  remove(session: string, owner: string): boolean {
    return this.get(session)?.owner === owner && this.all.delete(session)
  }

  private sweep(): void {
    for (const session of this.all.keys()) this.get(session)
  }

  close(): void {
    clearInterval(this.sweeper)
  }
}
