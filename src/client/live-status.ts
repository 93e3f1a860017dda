import { use, useSyncExternalStore } from 'react'
import type { LiveStatus } from './connection.ts'
import { ClientContext, sessionOf } from './live-client.ts'

const onServer: LiveStatus = { state: 'idle', attempts: 0, nextTryAt: null }

/**
 * The state of the connection to the live server, for banners and the like.
 *
 * @returns `state` (`idle`, `connecting`, `open`, `waiting`, `closed`), `attempts` (tries in a row that failed) and
 *   `nextTryAt` (milliseconds since 1970 while waiting, else null).
 */
export function useLiveStatus(): LiveStatus {
  const { connection } = sessionOf(use(ClientContext))
  return useSyncExternalStore(
    (watcher) => connection.watch(watcher),
    () => connection.status,
    () => onServer,
  )
}
