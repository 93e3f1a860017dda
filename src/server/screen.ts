import type { ShownHandlers } from '../live/handler-history.ts'
import type { FormerFrames } from './former-frames.ts'
import type { ServerFunction } from './server-functions.ts'
import type { Forward } from './shared-origin.ts'

/** A root as the calls of one session see it: what is on that browser's screen, and when effects have come there. */
export interface Screen {
  /** Names the root in the application's log. */
  readonly route: string
  /** The last frame that was sent to the browser. */
  readonly sequence: number
  /** True when what the next frame brings are the effects of a call that the browser made in a transition. */
  ofAction: boolean
  /** Resolves when the functions on it can be found, where they cannot be yet; null where they can. */
  readonly ready?: Promise<void> | null
  /** Where the tree goes on from a snapshot, the frames before that. */
  readonly former?: FormerFrames | null
  /** A function on it as a call, which runs once on all servers. */
  asCall?(run: ServerFunction): ServerFunction
  /** True where the tree has an account of its calls, on whatever server it is. */
  readonly logsCalls?: boolean
  /** True for a call that is known to have run, by its `callId`; its function may be gone. */
  ranBefore?(call: string): boolean
  /** What the browser showed in a slot when frame `seen` was on its screen, for a call that waits before {@link find}. */
  shownHandlers(slot: number, seen: number): ShownHandlers | undefined
  /** The function that the browser showed in a slot at `path` when frame `seen` was on its screen. */
  find(slot: number, path: string, seen: number, shown?: ShownHandlers): ServerFunction | undefined
  /** The same where its tree is on another server; nothing where it is here. */
  forward?(slot: number, path: string, seen: number): Forward | undefined
  /** True where a client component on the screen is in a module that imports the server function of this id. */
  lists(id: string): boolean
  /**
   * True where what a call of a slot's function set is not rendered yet, because React keeps the slot aside until
   * something beside it is there; then `released` is called when it is.
   */
  holds(slot: number, released: () => void): boolean
  /** Calls back in the next flush, when all that changes until then is on its way to the browser. */
  afterFlush(callback: () => void): void
  /** Calls back when all that changed so far is on its way to the browser. */
  whenFlushed(callback: () => void): void
}
