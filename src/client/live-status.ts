import { use, useSyncExternalStore } from 'react'
import { ClientContext, sessionOf } from './live-client.ts'
import { disconnected, type LiveStatus } from './status-store.ts'

/**
 * The state of the connection to the live server, for banners and the like.
 *
 * @returns `state` (`idle`, `connecting`, `open`, `waiting`, `closed`), `reason` (a code of `errorCodes`, or null),
 *   `attempts` (tries in a row that failed), `nextTryAt` (milliseconds since 1970 while waiting, else null),
 *   `unsentCalls`, `retryNow`, which tries at once, and `reconnect`, which begins another connection after a login or logout.
 */
export function useLiveStatus(): LiveStatus {
  const { status } = sessionOf(use(ClientContext))
  return useSyncExternalStore(
    status.watch,
    () => status.current,
    () => disconnected,
  )
}
