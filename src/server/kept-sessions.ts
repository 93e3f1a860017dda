import { LiverootError } from '../errors.ts'
import { isAsSeen, type SeenEntry, type SessionEntries, type SessionSave } from './session-store.ts'

/** A session as the stores that hold sessions in memory have it. */
export interface KeptSession {
  owner: string
  expiresAt: number
  /** The owner's own where it has saved them here: what it is about to save is in them already. */
  entries: SessionEntries
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
    // Who had the session may change what was its own.
    kept.entries = new Map(kept.entries)
    return kept.entries
  }

  /**
   * Returns the entries to write down: those that changed, or all where the session is new here.
   *
   * @throws `session_taken`
   */
  save(session: string, owner: string, save: SessionSave): ReadonlyMap<string, string | null> {
    const written = this.saveOwn(session, owner, save)
    if (written === null) throw new LiverootError('session_taken')
    return written
  }

  /** The same, but returns null where another owner has the session. */
  saveOwn(
    session: string,
    owner: string,
    { entries, all, expiresAt }: SessionSave,
  ): ReadonlyMap<string, string | null> | null {
    const kept = this.get(session)
    if (kept === undefined) {
      const whole = all()
      this.all.set(session, { owner, expiresAt, entries: whole })
      const [oldest] = this.all.keys()
      if (this.all.size > this.maxSessions && oldest !== undefined) this.all.delete(oldest)
      return whole
    }
    if (kept.owner !== owner) return null
    kept.expiresAt = expiresAt
    kept.entries = all()
    return entries
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
