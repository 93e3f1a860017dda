import { use, useSyncExternalStore } from 'react'
import { LiverootError } from '../errors.ts'
import { ServicesContext } from './services.ts'

/**
 * Where an application names its types, once, so that nothing has to be cast:
 *
 * ```ts
 * declare module 'liveroot' {
 *   interface Register { user: { id: string; name: string } }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it
export interface Register {}

/** What `authenticate` returns for a user: the type in {@link Register}, or unknown where there is none. */
export type LiveUser = Register extends { readonly user: infer User } ? User : unknown

/** A browser's session, as the application sees it. */
export interface LiveSession<User = LiveUser> {
  /** Names the session in logs. It is no secret, and opens nothing. */
  readonly id: string
  /** What `authenticate` returned; null for an anonymous browser, and where there is no `authenticate`. */
  readonly user: User | null
  /** False while the session waits for its browser to come back. */
  readonly connected: boolean
}

/** A session whose user or connection may change. */
export interface SessionSource {
  readonly current: LiveSession
  subscribe(listener: () => void): () => void
}

/**
 * The session that the component is rendered for. It is rendered again when the user is another, or has other data, and
 * when the connection is lost or back.
 *
 * @returns `id`, `user` (null for an anonymous browser) and `connected`.
 * @throws `outside_live_tree` in a component that does not run in a live tree of one session.
 */
export function useSession<User = LiveUser>(): LiveSession<User> {
  const source = use(ServicesContext)?.session
  if (source == null) {
    throw new LiverootError(
      'outside_live_tree',
      'useSession was called in a component that has no session: it is in no live tree, or in a shared one, which many ' +
        'sessions see.',
    )
  }
  return useSyncExternalStore(source.subscribe, () => source.current) as LiveSession<User>
}
