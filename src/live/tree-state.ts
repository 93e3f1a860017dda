import type { Captured } from './capture.ts'
import { Restoring, type SlotState } from './restoring.ts'
import type { Slot } from './slot.ts'
import type { Output } from './template.ts'

/** Who keeps the state of a tree. */
export interface StateKeeper {
  /** There is something for {@link TreeState.take}. Called after a commit. */
  changed(): void
  /** A component threw when it was mounted with stored state; it starts afresh. Null for the tree as a whole. */
  restoreFailed(component: string | null, error: unknown): void
}

/** The state behind one slot, for a snapshot. */
export interface SlotSnapshot {
  readonly id: number
  readonly parent: number
  readonly hole: string
  /** As in {@link Slot.generation}. */
  readonly generation: number
  /** Null where the slot has no state. */
  readonly captured: Captured | null
}

/** What changed in the state of a tree since it was taken last. */
export interface StateChanges {
  readonly slots: readonly SlotSnapshot[]
  /** Ids of slots that the snapshot has and the tree has not any more. */
  readonly gone: readonly number[]
}

const noChanges: StateChanges = { slots: [], gone: [] }

/**
 * The account of a tree's state: what a snapshot of it has to learn, and what of the snapshot that it starts from is
 * still to be mounted.
 */
export class TreeState {
  /** Null when all is mounted. */
  restoring: Restoring | null
  /** Slots get ids above this. */
  readonly firstFree: number
  private readonly unsaved = new Set<Slot>()
  private gone: number[] = []
  private told = false

  /** `from` are the slots of the snapshot to start from; frames get numbers above `sequence`, new slots above `lastSlot`. */
  constructor(
    private readonly keeper: StateKeeper,
    from: Iterable<SlotState> = [],
    readonly sequence = 0,
    lastSlot = 0,
  ) {
    const restoring = new Restoring(from)
    this.firstFree = Math.max(restoring.lastId, lastSlot)
    this.restoring = restoring.done ? null : restoring
    this.gone.push(...restoring.takeDropped())
  }

  /** A new slot is attached. Gives the id that it had in the snapshot. */
  began(slot: Slot): number | undefined {
    const claimed = this.restoring?.claim(slot)
    slot.kept = claimed !== undefined
    if (claimed !== undefined) slot.generation = claimed.generation
    if (claimed === undefined || !claimed.same) this.unsaved.add(slot)
    this.settle(slot)
    return claimed?.id
  }

  updated(slot: Slot, before: Output): void {
    if (!sameState(before.captured, slot.output.captured)) this.unsaved.add(slot)
    if (this.restoring !== null) this.settle(slot)
  }

  ended(slot: Slot): void {
    this.unsaved.delete(slot)
    if (slot.kept) this.gone.push(slot.id)
    this.restoring?.abandon(slot)
    this.settle(slot)
  }

  private settle(slot: Slot): void {
    const { restoring } = this
    if (restoring === null) return
    restoring.settle(slot)
    this.gone.push(...restoring.takeDropped())
    if (restoring.done) this.restoring = null
  }

  get dirty(): boolean {
    return this.unsaved.size > 0 || this.gone.length > 0
  }

  committed(): void {
    if (this.told || !this.dirty) return
    this.told = true
    this.keeper.changed()
  }

  /** What the snapshot does not have yet; it is taken to have it from now on. */
  take(): StateChanges {
    this.told = false
    if (!this.dirty) return noChanges
    const slots: SlotSnapshot[] = []
    for (const slot of this.unsaved) {
      slots.push(snapshotOf(slot))
      slot.kept = true
    }
    const { gone } = this
    this.unsaved.clear()
    this.gone = []
    return { slots, gone }
  }

  restoreFailed(component: string | null, error: unknown): void {
    this.keeper.restoreFailed(component, error)
  }

  /** The tree could not be mounted with what was stored: all starts afresh. */
  giveUp(): void {
    this.gone.push(...(this.restoring?.everyId() ?? []))
    this.restoring = null
  }
}

export function snapshotOf(slot: Slot): SlotSnapshot {
  const { id, hole, parent, output, generation } = slot
  return { id, parent: parent?.id ?? 0, hole, generation, captured: output.captured }
}

function sameState(a: Captured | null, b: Captured | null): boolean {
  if (a === b) return true
  if (a === null || b === null || a.kinds !== b.kinds) return false
  for (let i = 0; i < a.values.length; i++) if (!Object.is(a.values[i], b.values[i])) return false
  return true
}
