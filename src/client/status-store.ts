import type { ErrorCode } from '../errors.ts'

/**
 * - `idle`: nothing is mounted, so nothing is connected.
 * - `connecting`: a socket is being opened.
 * - `open`: in touch with the server.
 * - `waiting`: the connection was lost; the next try is set.
 * - `closed`: the client does not try again by itself; `reason` says why.
 */
export type LiveState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'

/** The connection as {@link useLiveStatus} shows it. */
export interface LiveStatus {
  readonly state: LiveState
  /** Why the last connection ended, as one of `errorCodes`; null while there is one, and before the first. */
  readonly reason: ErrorCode | null
  /** How many tries in a row have failed. */
  readonly attempts: number
  /** When the next try is, in milliseconds since 1970; null unless waiting. */
  readonly nextTryAt: number | null
  /** Calls that were made and could not be sent yet. */
  readonly unsentCalls: number
  /** Tries at once, where the client is waiting or closed. */
  readonly retryNow: () => void
  /**
   * Begins another connection, whatever the state: after a login or a logout, for the server to see who it is now. For the
   * same user the session goes on; another user gets another session.
   */
  readonly reconnect: () => void
}

/** The status of one client, and who watches it. */
export class StatusStore {
  private readonly watchers = new Set<() => void>()
  current: LiveStatus

  constructor(actions: Pick<LiveStatus, 'retryNow' | 'reconnect'>) {
    this.current = { ...disconnected, ...actions }
  }

  set(changes: Partial<LiveStatus>): void {
    this.current = { ...this.current, ...changes }
    for (const watcher of this.watchers) watcher()
  }

  /** Calls back whenever the status is another. Returns the function that stops it. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }
}

/** Before anything is mounted, and on the server. */
export const disconnected: LiveStatus = {
  state: 'idle',
  reason: null,
  attempts: 0,
  nextTryAt: null,
  unsentCalls: 0,
  retryNow: () => {},
  reconnect: () => {},
}
