import type { SleepStandIn } from './sleep-stand-in.ts'

/** A root whose tree sleeps: what of it is not in the snapshot. */
export interface SleepingRoot {
  readonly tree: number
  readonly root: number
  readonly path: string
  /** The last frame, which the browser shows. */
  readonly sequence: number
  readonly lastSlot: number
  /** A digest of what the browser shows; null where there is none. */
  readonly shown: string | null
}

/** The trees of a session that sleep, until something is for them. */
export interface SleepingTrees {
  readonly roots: readonly SleepingRoot[]
  readonly standIn: SleepStandIn
}
