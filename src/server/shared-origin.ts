import type { ShownHandlers } from '../live/handler-history.ts'
import type { LiveSession } from '../live/session.ts'
import type { Lag } from '../live/tree-observer.ts'
import type { ServerFunction } from './server-functions.ts'
import type { Viewer } from './viewer.ts'

/** Runs a function of a shared root where the root is: for that session, with arguments as the browser wrote them. */
export type Forward = (session: LiveSession, args: string | null) => Promise<unknown>

/** Where the frames of a shared root come from: its tree, or the server that has the tree. */
export interface SharedOrigin {
  /** The number of the newest frame. */
  readonly sequence: number
  /** Gives a viewer the whole picture, from which on it gets every frame. */
  bring(viewer: Viewer): void
  /** The viewer does not wait for one any more. */
  forget(viewer: Viewer): void
  /** As of a `Screen`; what is on another server is kept there. */
  shownHandlers(slot: number, seen: number, lag: Lag): ShownHandlers | undefined
  find(slot: number, path: string, seen: number, lag: Lag, shown?: ShownHandlers): ServerFunction | undefined
  /** In place of {@link find}, where the tree is on another server. */
  forward(slot: number, path: string, seen: number, lag: Lag): Forward | undefined
  /** As of a `Screen`; what is on another server waits there. */
  holds(slot: number, released: () => void): boolean
  /** A function of the tree as a call: it runs once, however often it is asked for. */
  asCall(run: ServerFunction): ServerFunction
  /** True for a call that is known here to have run: what it is told needs no function, which may be gone. */
  ranBefore(id: string): boolean
  lists(id: string, lag: Lag): boolean
  /** Calls back in the next flush, with the number of the frame that has all that changed until then. */
  afterFlush(callback: (sequence: number) => void): void
  /** Calls back with the number of the frame that has all that changed so far, when it was made. */
  whenFlushed(callback: (sequence: number) => void): void
  close(): void
}
