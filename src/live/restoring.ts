import type { Captured } from './capture.ts'
import type { ComponentInfo } from './signature.ts'
import type { Slot } from './slot.ts'
import { pending } from './template.ts'

/** Stands for a value that could not be stored: its hook starts afresh. */
export const absent = Symbol('liveroot.absent')

/** What a snapshot has of one slot. */
export interface SlotState {
  readonly id: number
  /** The id of the slot above; 0 is the top. */
  readonly parent: number
  readonly hole: string
  /** How many earlier instances the browser has seen in the hole: part of the key there. */
  readonly generation: number
  /** Of the component; empty where it has no state. */
  readonly signature: string
  /** As in {@link Captured}. */
  readonly kinds: string
  readonly values: readonly unknown[]
}

/** A slot of a snapshot that waits for its component to be mounted. */
export class Stored {
  readonly children = new Map<string, Stored>()
  state: Pick<Captured, 'kinds' | 'values'> | null

  constructor(
    readonly id: number,
    readonly generation: number,
    private readonly signature: string,
    kinds: string,
    values: readonly unknown[],
  ) {
    this.state = kinds === '' ? null : { kinds, values }
  }

  /** What a component starts from here; null where it is not the one whose state was stored. */
  stateFor({ signature }: ComponentInfo): Stored['state'] {
    if (this.state !== null && this.signature !== signature) this.state = null
    return this.state
  }

  holds(captured: Captured | null): boolean {
    const { state } = this
    if (captured === null || state === null) return (captured?.kinds ?? '') === (state?.kinds ?? '')
    return (
      captured.component.signature === this.signature &&
      captured.kinds === state.kinds &&
      captured.values.every((value, i) => Object.is(value, state.values[i]))
    )
  }
}

const places = new WeakMap<object, Stored>()

/** Lets the component that will be called with `props` find its stored state. The object must be its own. */
export function setPlace(props: object, stored: Stored | null): void {
  if (stored !== null) places.set(props, stored)
}

export function placeOf(props: object): Stored | null {
  return places.get(props) ?? null
}

/** What a slot has from the snapshot. */
interface Claimed {
  readonly id: number
  readonly generation: number
  readonly same: boolean
}

/** What of a snapshot has not been mounted yet. */
export class Restoring {
  readonly top = new Stored(0, 0, '', '', [])
  /** The highest id of the snapshot: new slots get higher ones. */
  readonly lastId: number
  private waiting = 0
  private readonly dropped: number[] = []

  constructor(slots: Iterable<SlotState>) {
    const byId = new Map<number, Stored>([[0, this.top]])
    const all = [...slots].sort((a, b) => a.id - b.id)
    this.lastId = all.at(-1)?.id ?? 0
    for (const { id, generation, signature, kinds, values } of all)
      byId.set(id, new Stored(id, generation, signature, kinds, values))
    for (const { id, parent, hole } of all) {
      const above = byId.get(parent)
      if (above === undefined || above.children.has(hole)) {
        this.dropped.push(id)
        continue
      }
      above.children.set(hole, byId.get(id) as Stored)
      this.waiting++
    }
  }

  /** True when all is mounted or dropped. */
  get done(): boolean {
    return this.waiting === 0
  }

  /**
   * A slot is there: takes what was stored for it, which nobody gets again. Gives its id and generation, and whether its
   * state is what was stored.
   */
  claim(slot: Slot): Claimed | undefined {
    const above = slot.parent?.stored
    const stored = above?.children.get(slot.hole)
    if (stored === undefined) return
    above?.children.delete(slot.hole)
    this.waiting--
    const same = stored.holds(slot.output.captured)
    stored.state = null
    slot.stored = stored
    return { id: stored.id, generation: stored.generation, same }
  }

  /** What a slot shows is known, and so is what can never be mounted. */
  settle({ stored, output }: Slot): void {
    if (stored === null || stored.children.size === 0 || output.node === pending) return
    const holes = new Set(output.holes.map(({ key }) => key))
    for (const [hole, child] of stored.children) {
      if (holes.has(hole)) continue
      stored.children.delete(hole)
      this.drop(child)
    }
  }

  /** The slot has left: nothing will be mounted below it. */
  abandon({ stored }: Slot): void {
    for (const child of stored?.children.values() ?? []) this.drop(child)
    stored?.children.clear()
  }

  private drop(stored: Stored): void {
    this.waiting--
    this.dropped.push(stored.id)
    for (const child of stored.children.values()) this.drop(child)
    stored.children.clear()
  }

  /** The ids that are still waited for. */
  *everyId(below = this.top): Iterable<number> {
    for (const child of below.children.values()) {
      yield child.id
      yield* this.everyId(child)
    }
  }

  /** Ids that no slot will have. */
  takeDropped(): number[] {
    return this.dropped.splice(0)
  }
}
