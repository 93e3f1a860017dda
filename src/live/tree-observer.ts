import type { Flushable } from './flush-queue.ts'

/** What a live tree tells its owner. */
export interface TreeObserver extends Flushable {
  /** Something may have to be written: call `LiveTree.collect` when there is room for a frame. */
  flush(): void
  /** A component threw and no boundary caught it; the tree is unmounted. */
  failed(error: unknown, componentStack: string): void
  /** A component threw and a boundary of the tree caught it. */
  caught(error: unknown, componentStack: string): void
}

/** How far the screen of a browser is behind the tree: what it is known to show, and what was sent to it. */
export interface Lag {
  readonly shown: number
  readonly sent: number
}
