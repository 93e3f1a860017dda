import type { LiverootError } from '../errors.ts'
import { diagnostics, type SnapshotSaved } from './diagnostics.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { SessionEntries, SessionStore } from './session-store.ts'

/** What every session's keeper uses of its server. */
export interface KeeperHost {
  readonly store: SessionStore
  /** Names this process to the store. */
  readonly owner: string
  /** How long what changes without a call may wait, and what a call changes for others that run. */
  readonly snapshotDelayMs: number
  readonly sessionTtlMs: number
  readonly onError: OnError
}

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

  /**
   * Tries until it is done: nothing is answered meanwhile, and what the browser may have waiting has its limit.
   *
   * @returns false where another server has the session now.
   */
  async write(entries: EntryChanges): Promise<boolean> {
    const { store, owner, sessionTtlMs, onError } = this.host
    const { all } = this
    const from = performance.now()
    for (let retryMs = firstRetryMs; !this.ended; retryMs = Math.min(2 * retryMs, longestRetryMs)) {
      try {
        await store.save(this.key, owner, { entries, all, expiresAt: Date.now() + sessionTtlMs })
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

  private tell(entries: EntryChanges, from: number, outcome: SnapshotSaved['outcome']): void {
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
