import { isValidElement, type ReactElement, type ReactNode } from 'react'
import type { Bindings } from './bind.ts'
import { isPlain } from './map-content.ts'
import { patch } from './patch.ts'

/** Stands for the content of a slot that has none yet. */
export const absent = Symbol('liveroot.absent')

export type SlotContent = ReactNode | typeof absent

/** The write that says: the slots in this frame are all that there are. */
const picture = -2

/**
 * One write of a frame: `[id, content]`, `[id, path, value, ...]`, `[id, like, path, value, ...]`, `[-1, ...ids]` for
 * slots that are gone, or `[-2]` where all that are not in the frame are: `[-2, name]` with the name of a shared root's tree.
 */
export type Write = readonly [number, ...unknown[]]

interface Taken {
  /** The slots that were written. */
  readonly written: number[]
  /** True when showing them suspends: they have a slot in them that is not there yet. */
  readonly suspends: boolean
  /** Where a picture names the tree. */
  readonly treeName: string | null
  /** The ids of the slots that are gone: to be given to {@link SlotStore.forget} when the frame is on screen. */
  readonly gone: readonly number[]
}

interface Arrival {
  readonly promise: Promise<void>
  settle(error?: unknown): void
}

/** What every slot of one live root shows. */
export class SlotStore {
  private readonly contents = new Map<number, ReactNode>()
  private readonly listeners = new Map<number, Set<(content: ReactNode) => void>>()
  private readonly arrivals = new Map<number, Arrival>()
  private failure: { readonly error: unknown } | null = null

  /** @param mounted told of a slot that comes on screen with its newest content. */
  constructor(
    private readonly bindings: Bindings,
    private readonly mounted: (id: number) => void = () => {},
  ) {}

  read(id: number): SlotContent {
    return this.contents.has(id) ? this.contents.get(id) : absent
  }

  /** Resolves when there is something to read, or when there never will be; a component suspends on it. */
  arrival(id: number): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure.error)
    let arrival = this.arrivals.get(id)
    if (arrival === undefined) {
      arrival = makeArrival()
      this.arrivals.set(id, arrival)
    }
    return arrival.promise
  }

  /** For a component that has just put this content of the slot on screen. */
  subscribe(id: number, content: SlotContent, listener: (content: ReactNode) => void): () => void {
    let listeners = this.listeners.get(id)
    if (listeners === undefined) {
      listeners = new Set()
      this.listeners.set(id, listeners)
    }
    listeners.add(listener)
    if (listeners.size === 1 && content === this.read(id)) this.mounted(id)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.listeners.get(id) === listeners) this.listeners.delete(id)
    }
  }

  /** Takes the writes of a frame. Nothing is shown before {@link announce}. */
  take(writes: readonly Write[]): Taken {
    const written: number[] = []
    const values: unknown[] = []
    const isPicture = writes[0]?.[0] === picture
    const before = isPicture ? [...this.contents.keys()] : []
    for (const [id, ...rest] of writes) {
      if (id < 0) continue
      const bound = rest.map((value) => this.bindings.bind(value, id))
      this.contents.set(id, this.content(id, bound))
      written.push(id)
      values.push(bound)
    }
    const suspends = this.isIncomplete(values)
    const gone = isPicture
      ? before.filter((id) => !written.includes(id))
      : writes.flatMap(([id, ...ids]) => (id === -1 ? (ids as number[]) : []))
    for (const id of gone) this.leave(id)
    return { written, suspends, gone, treeName: nameIn(writes[0]) }
  }

  private content(id: number, values: readonly unknown[]): ReactNode {
    if (values.length === 1) return values[0] as ReactNode
    if (values.length % 2 === 0) return patch(this.contents.get(id), values)
    const [like, ...edits] = values
    return patch(this.bindings.rebind(this.contents.get(like as number), id) as ReactNode, edits)
  }

  /**
   * React may yet render an older frame that has the slot; it must not suspend then, for nothing would end the wait, and
   * every later update would be held up.
   */
  private leave(id: number): void {
    if (!this.contents.has(id)) this.contents.set(id, null)
    this.settle(id)
  }

  /** Lets go of slots that are gone from the screen. */
  forget(ids: readonly number[]): void {
    for (const id of ids) this.contents.delete(id)
  }

  /** Tells the components that show these slots; sets React state, in whatever kind of update this is called in. */
  announce(ids: readonly number[]): void {
    for (const id of ids) {
      const content = this.contents.get(id)
      for (const listener of this.listeners.get(id) ?? []) listener(content)
      this.settle(id)
    }
  }

  /** Ends every wait with an error. */
  fail(error: unknown): void {
    this.failure = { error }
    for (const id of [...this.arrivals.keys()]) this.settle(id, error)
  }

  /** True when showing this content suspends: it has a slot in it that is not there yet. */
  private isIncomplete(node: unknown): boolean {
    if (typeof node !== 'object' || node === null) return false
    if (Array.isArray(node)) return this.hasIncomplete(node)
    if (!isValidElement(node)) return this.hasIncomplete(fieldsOf(node))
    const { type, props } = node as ReactElement<Record<string, unknown>>
    if (typeof type !== 'string' && (this.isMissingSlot(type, props) || isMissingRoot(type, props)))
      return true
    return this.hasIncomplete(Object.values(props))
  }

  private hasIncomplete(nodes: readonly unknown[]): boolean {
    return nodes.some((node) => this.isIncomplete(node))
  }

  private isMissingSlot(type: unknown, props: Record<string, unknown>): boolean {
    if (typeof type !== 'function' || !(slotMark in type)) return false
    return typeof props.id !== 'number' || this.read(props.id) === absent
  }

  private settle(id: number, error?: unknown): void {
    const arrival = this.arrivals.get(id)
    this.arrivals.delete(id)
    arrival?.settle(error)
  }
}

/** The mark on the `Slot` component, which this module cannot import: it imports this one. */
export const slotMark = Symbol.for('liveroot.slot')
/** That on the component that shows a shared root. */
export const sharedMark = Symbol.for('liveroot.shared')

/** The slot that stands for a root as a whole. */
export const topSlot = 0

function isMissingRoot(type: unknown, props: Record<string, unknown>): boolean {
  if (typeof type !== 'function' || !(sharedMark in type)) return false
  const root = props[''] as { readonly view: { readonly store: SlotStore } }
  return root.view.store.read(topSlot) === absent
}

function nameIn(write: Write | undefined): string | null {
  return write?.[0] === picture && typeof write[1] === 'string' ? write[1] : null
}

/** What data in a prop is made of: elements may be anywhere in it. */
function fieldsOf(data: object): readonly unknown[] {
  if (data instanceof Map || data instanceof Set) return [...data]
  return isPlain(data) ? Object.values(data) : []
}

function makeArrival(): Arrival {
  let settle: Arrival['settle'] = () => {}
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error))
  })
  // Nobody may be waiting when it fails.
  promise.catch(() => {})
  return { promise, settle }
}
