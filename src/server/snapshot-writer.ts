import type { LiverootError } from '../errors.ts'
import { diagnostics, type SnapshotSaved } from './diagnostics.ts'
import { describeError } from './errors-out.ts'
import type { KeeperHost } from './keeper-host.ts'
import type { NamedSave, SessionEntries } from './session-store.ts'

/** Changes by key; null for what is gone. */
export type EntryChanges = Map<string, string | null>

const firstRetryMs = 100
const longestRetryMs = 5_000

/** Writes what changed of one session to the store. */
export class SnapshotWriter {
  private ended = false

  /** @param all what the session has. */
  constructor(
    private readonly host: KeeperHost,
    private readonly key: string,
    private readonly all: () => SessionEntries,
  ) {}

  /** What a store is to be asked that saves several in one turn. */
  saveOf(entries: EntryChanges): NamedSave {
    const { owner, sessionTtlMs } = this.host
    return { session: this.key, owner, entries, all: this.all, expiresAt: Date.now() + sessionTtlMs }
  }

  /**
   * Tries until it is done: nothing is answered meanwhile, and what the browser may have waiting has its limit.
   *
   * @returns false where another server has the session now.
   */
  async write(entries: EntryChanges): Promise<boolean> {
    const { store, owner, onError } = this.host
    const from = performance.now()
    for (let retryMs = firstRetryMs; !this.ended; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
      try {
        await store.save(this.key, owner, this.saveOf(entries))
        this.tell(entries, from, 'ok')
        return true
      } catch (error) {
        const isTaken = (error as LiverootError).code === 'session_taken'
        this.tell(entries, from, isTaken ? 'refused' : 'failed')
        if (isTaken) return false
        describeError(error, 'snapshot_failed', onError)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    return true
  }

  /** Tells diagnostics. `from` is when it began, by `performance.now()`. */
  tell(entries: EntryChanges, from: number, outcome: SnapshotSaved['outcome']): void {
    const { snapshotSaved } = diagnostics
    if (!snapshotSaved.hasSubscribers) return
    let bytes = 0
    for (const [key, text] of entries) bytes += Buffer.byteLength(key) + Buffer.byteLength(text ?? '')
    const durationMs = performance.now() - from
    snapshotSaved.publish({ session: this.key, entries: entries.size, bytes, durationMs, outcome })
  }

  /** What is not written yet will not be. */
  end(): void {
    this.ended = true
  }
}
