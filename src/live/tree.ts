import type { ReactElement } from 'react'
import { frameSeen, isNewest } from '../protocol/newest-render.ts'
import type { LossKeeper } from './diff.ts'
import { findHoldings } from './find-holdings.ts'
import { scheduleFlush } from './flush-queue.ts'
import type { ShownHandlers } from './handler-history.ts'
import { HeldSlots } from './held-slots.ts'
import type { Holding } from './holding.ts'
import { Leftovers } from './leftovers.ts'
import { Slot, unsent } from './slot.ts'
import type { AnyFunction, TemplateNode } from './template.ts'
import type { Lag, TreeObserver } from './tree-observer.ts'
import { rootHole, TreeShell } from './tree-shell.ts'
import type { TreeState } from './tree-state.ts'
import { writeSlot } from './write-slot.ts'
import type { Batch, Write } from './writes.ts'

const noSlots: readonly Slot[] = []
const noIds: readonly number[] = []
const noWrites: readonly Write[] = []

/** How many frames the screen may lag behind what was sent before the closures of what it shows are dropped. */
const longestLag = 1000

/** One live root: a React root whose output is slots, and the account of what of it has been written already. */
export class LiveTree implements LossKeeper {
  /** The slot that stands for the tree as a whole; its template is the hole of the root component. */
  readonly top = new Slot(this, '', {
    node: rootHole,
    handlers: null,
    holes: [],
    children: null,
    captured: null,
  })
  /** The number of the newest frame. */
  sequence = 0
  private received = 0
  private shown = 0
  private lastId = 0
  private readonly slots = new Map<number, Slot>()
  private leftovers: Leftovers | null = null
  /** Slots that may have to be written, and ids of those that are gone; null where there are none. */
  private touched: Slot[] | null = null
  private gone: number[] | null = null
  /** Null until something is held: most trees never have it. */
  private held: HeldSlots | null = null
  private readonly shell: TreeShell

  /**
   * `identifierPrefix` makes the ids of `useId` differ between the live roots of one page. `state` is given where the
   * tree's state is captured.
   */
  constructor(
    private readonly observer: TreeObserver,
    identifierPrefix: string,
    readonly state: TreeState | null = null,
  ) {
    this.lastId = state?.firstFree ?? 0
    this.sequence = this.received = this.shown = state?.sequence ?? 0
    this.top.stored = state?.restoring?.top ?? null
    this.shell = new TreeShell(this, observer, identifierPrefix)
    this.touch(this.top)
  }

  /**
   * Renders the root component. `around` puts context providers around it. A component that suspends outside every
   * Suspense of the tree leaves the root's hole empty, and the browser's own Suspense around `LiveRoot` acts.
   */
  mount(element: ReactElement, around: (inner: ReactElement) => ReactElement = (inner) => inner): void {
    this.shell.mount(element, around)
  }

  /** Runs every cleanup. Nothing is written any more. */
  unmount(): void {
    if (!this.mounted) return
    this.shell.unmount()
    this.slots.clear()
    this.held?.clear()
    this.leftovers = null
    this.touched = null
    this.gone = null
  }

  /**
   * Everything that changed since the last call, as writes with a number; null where nothing the browser can see did.
   */
  collect(): Batch | null {
    const touched = this.touched ?? noSlots
    const gone = this.gone ?? noIds
    this.touched = null
    this.gone = null
    const writes = this.write(touched)
    const oldest = this.oldestKept()
    const batch = writes === null && gone === noIds ? null : this.batch(writes ?? noWrites, gone)
    for (const slot of touched) if (this.has(slot)) slot.publishHandlers(this.sequence, oldest)
    return batch
  }

  private write(touched: readonly Slot[]): Write[] | null {
    let writes: Write[] | null = null
    for (const slot of touched) {
      if (!this.has(slot)) continue
      slot.dirty = false
      const write = writeSlot(slot, this.sequence + 1, this)
      if (write === null) continue
      if (writes === null) writes = [write]
      else writes.push(write)
    }
    return writes
  }

  private batch(writes: readonly Write[], gone: readonly number[]): Batch {
    const sequence = ++this.sequence
    for (const id of gone) this.leftovers?.written(id, sequence)
    return { sequence, writes, gone }
  }

  lost(node: object): void {
    this.leftovers ??= new Leftovers()
    this.leftovers.addTemplate(node, this.sequence + 1)
  }

  /** True as long as the slot is in the tree. */
  has(slot: Slot): boolean {
    return slot === this.top || this.slots.get(slot.id) === slot
  }

  /** A browser that never says what it shows must not make us keep every closure there ever was. */
  private oldestKept(): number {
    this.acknowledge(this.received, Math.min(this.sequence - longestLag, this.received))
    return this.shown
  }

  /** What its components hold outside; null where it is more than that and its snapshot, see {@link findHoldings}. */
  get holdings(): readonly Holding[] | null {
    return this.mounted && this.state !== null
      ? findHoldings(this.shell.container, this.slots.values())
      : null
  }

  /** No slot has had a greater number. */
  get lastSlot(): number {
    return this.lastId
  }

  private get mounted(): boolean {
    return this.shell.mounted
  }

  /** True when {@link collect} may have something to give. */
  get dirty(): boolean {
    return this.touched !== null || this.gone !== null
  }

  /** True when React has rendered all that was set: transitions take turns of their own, and may wait for promises. */
  get settled(): boolean {
    return this.shell.container.pendingLanes === 0
  }

  /** The browser has nothing of the tree any more: the next frame brings all of it, and the numbers go on. */
  sendAgain(): void {
    this.received = this.sequence
    this.touched = null
    this.gone = null
    for (const slot of [this.top, ...this.slots.values()]) {
      slot.sent = unsent
      slot.lastWritten = null
      slot.dirty = false
      this.touch(slot)
    }
  }

  /**
   * The browser has `received` everything up to that frame, and has everything up to `shown` on its screen. The second
   * may lag, while new content there waits for more.
   */
  acknowledge(received: number, shown: number): void {
    if (received > this.sequence || shown > received) return
    this.received = Math.max(this.received, received)
    if (shown <= this.shown) return
    this.shown = shown
    this.leftovers?.forget(shown)
    if (this.leftovers?.empty) this.leftovers = null
  }

  /** How many frames are on their way, or at least not known to have arrived. */
  get unacknowledged(): number {
    return this.sequence - this.received
  }

  /** The last frame that the browser is known to have on its screen with all before it. */
  get shownFrame(): number {
    return this.shown
  }

  /** What a browser that shows frame `shown` has, or may still have, on its screen: templates, and parts of earlier ones. */
  *shownTemplates(shown = this.shown): Iterable<TemplateNode> {
    for (const { sent } of this.slots.values()) if (sent !== unsent) yield sent
    if (this.leftovers !== null) yield* this.leftovers.shownTemplates(shown)
  }

  /**
   * What a browser showed in slot `id` when frame `seen` was on its screen. `shown` is the last frame known to be there, and
   * `sent` the last that was sent to it.
   */
  shownHandlers(id: number, seen: number, { shown, sent }: Lag = this.lag): ShownHandlers | undefined {
    const slot = this.slots.get(id) ?? this.leftovers?.slot(id, shown)
    const frame = Math.min(Math.max(frameSeen(seen), shown), sent)
    return slot?.shownHandlers(frame, sent)
  }

  /** The function there at `path`, or what the newest render has in its place, where `seen` asks for that. */
  findHandler(
    id: number,
    path: string,
    seen: number,
    lag: Lag = this.lag,
    shown = this.shownHandlers(id, seen, lag),
  ): AnyFunction | undefined {
    return isNewest(seen) ? shown?.findNewest(path, lag.sent) : shown?.find(path)
  }

  private get lag(): Lag {
    return { shown: this.shown, sent: this.sequence }
  }

  /** Everything that was sent so far, whole: what a browser that joins must have to take the next frame. */
  picture(): Batch {
    const sent = [this.top, ...this.slots.values()].filter(({ sent }) => sent !== unsent)
    const writes = sent.map((slot) => ({ slot, template: slot.sent }))
    return { sequence: this.sequence, writes, gone: [], isPicture: true }
  }

  /**
   * Calls what {@link findHandler} found. What the browser runs as the action of a form is an action here too: a
   * transition, in which `useOptimistic` and `useActionState` do their work.
   */
  run(path: string, call: () => unknown): unknown {
    return this.shell.run(path, call)
  }

  /** True where what a call of a slot's function set is not rendered yet; then `released` is called when it is. */
  holds(id: number, released: () => void): boolean {
    const slot = this.slots.get(id)
    return slot !== undefined && (this.held?.holds(slot, released) ?? false)
  }

  // Called by the reconciler's host, at a commit.

  hold(slot: Slot): void {
    this.held ??= new HeldSlots()
    this.held.add(slot)
  }

  letGo(slot: Slot): void {
    this.held?.remove(slot)
  }

  attach(parent: Slot, child: Slot): void {
    const isNew = !child.attached
    parent.attach(child)
    if (isNew) this.begin(child)
  }

  private begin(slot: Slot): void {
    slot.id = this.state?.began(slot) ?? ++this.lastId
    this.slots.set(slot.id, slot)
    this.touch(slot)
    for (const child of slot.children) this.begin(child)
  }

  detach(parent: Slot, child: Slot): void {
    parent.detach(child)
    this.end(child)
  }

  private end(slot: Slot): void {
    this.slots.delete(slot.id)
    this.held?.remove(slot)
    this.state?.ended(slot)
    if (slot.announced) {
      if (this.gone === null) this.gone = [slot.id]
      else this.gone.push(slot.id)
      this.leftovers ??= new Leftovers()
      this.leftovers.addSlot(slot)
    }
    for (const child of slot.children) this.end(child)
  }

  touch(slot: Slot): void {
    if (slot.dirty) return
    slot.dirty = true
    if (this.touched === null) this.touched = [slot]
    else this.touched.push(slot)
  }

  committed(): void {
    if (!this.mounted) return
    if (this.dirty) scheduleFlush(this.observer)
    this.state?.committed()
    this.held?.committed()
  }
}
