import type { LiveTree } from '../live/tree.ts'
import type { StateKeeper } from '../live/tree-state.ts'
import { describeError } from './errors-out.ts'
import type { Session } from './session.ts'
import { encodeSlot, encodeTree, slotKey, treeKey } from './snapshot.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** Frames that may be sent before the snapshot must know of them. */
const framesAhead = 1_000

/** What the snapshot of its session has of one root. */
export class RootSnapshot {
  /** No frame has had a greater number, as the snapshot says; it says so in steps. */
  private reserved = 0
  /** The number of the root that it has. */
  private root = 0

  /** @param number the tree's own in its session. */
  constructor(
    private readonly number: number,
    private readonly path: string,
  ) {}

  /** Puts in what changed since it was asked for last. */
  collect(root: number, { sequence, state }: LiveTree, changes: EntryChanges): void {
    if (state === null) return
    const { number } = this
    if (this.root !== root || sequence > this.reserved - framesAhead) {
      this.root = root
      this.reserved = sequence + 2 * framesAhead
      changes.set(treeKey(number), encodeTree(root, this.path, this.reserved))
    }
    const { slots, gone } = state.take()
    for (const slot of slots) changes.set(slotKey(number, slot.id), encodeSlot(slot))
    for (const slot of gone) changes.set(slotKey(number, slot), null)
  }
}

/** Hears of the state of a tree: the session saves what changed, and the application is told what did not fit. */
export function stateKeeperOf({ keeper, host }: Session, route: string): StateKeeper {
  return {
    changed: () => keeper.changed(),
    restoreFailed: (component, error) => {
      const componentStack = component === null ? '' : `\n    at ${component}`
      describeError(error, 'restore_failed', host.onError, { route, componentStack })
    },
  }
}
