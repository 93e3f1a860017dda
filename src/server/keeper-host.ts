import { randomUUID } from 'node:crypto'
import type { OnError } from './errors-out.ts'
import type { LiveLimits } from './limits.ts'
import { LaterSaves, TurnSaves } from './save-queue.ts'
import type { SessionStore } from './session-store.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** What every session's keeper uses of its server. */
export interface KeeperHost {
  readonly store: SessionStore
  /** Names this process to the store. */
  readonly owner: string
  /** How long what changes without a call may wait, and what a call changes for others that run. */
  readonly snapshotDelayMs: number
  /** What waits for that long. */
  readonly later: LaterSaves
  /** What is saved in this turn. */
  readonly turn: TurnSaves
  readonly sessionTtlMs: number
  readonly onError: OnError
}

/** What the sessions of a server are kept with. */
export function keeperHost(store: SessionStore, limits: LiveLimits, onError: OnError): KeeperHost {
  const { snapshotDelayMs, sessionTtlMs } = limits
  const later = new LaterSaves(snapshotDelayMs)
  const turn = new TurnSaves(store)
  return { store, owner: randomUUID(), snapshotDelayMs, later, turn, sessionTtlMs, onError }
}

/** What a keeper uses of its session. */
export interface KeptParts {
  /** Whose it is. */
  readonly userId: string | null
  /** What opens it, as JSON. */
  secrets(): string
  /** Puts what changed in its trees into the changes. */
  collect(changes: EntryChanges): void
  /** The same, of those that the store has nothing of. */
  collectNew(changes: EntryChanges): void
  /** True when all that was set in its trees is in what {@link collect} gives: React has nothing left to render. */
  settled(): boolean
  /** Lets what was just sent wait for what follows in this turn. */
  hold(): void
  /** Another server has the session now. */
  taken(): void
}
