import { startTransition } from 'react'
import { LiverootError } from '../errors.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { createBindings } from './bind.ts'
import type { StartedCall } from './calls.ts'
import { undecodable } from './errors.ts'
import { decodePayload, type PayloadStream } from './flight.ts'
import type { FunctionOwner, FunctionReference } from './server-function.ts'
import { settle } from './settle.ts'
import { SlotStore, type Write } from './slot-store.ts'

/** What `LiveRoot` shows: another store after a fresh mount, or an error. */
export interface RootView {
  readonly store: SlotStore
  readonly error: Error | null
  /** The number of the frame that this view is the state after. */
  readonly sequence: number
}

/** Hears of a new view, and whether the update that it is part of is a transition. */
export type RootListener = (view: RootView, inTransition: boolean) => void

interface Unfinished {
  /** The frame whose state the slot shows meanwhile. */
  readonly before: number
  /** The frame whose transition ends the wait. */
  readonly until: number
}

/** Slots that are gone, but that React may still render while the frames up to the one that took them are under way. */
interface Leaving {
  readonly gone: readonly number[]
  readonly sequence: number
  /** The last frame up to that one that was applied in a transition. */
  readonly after: number
}

/** What a root uses of its session. */
export interface RootHost {
  /** True while a call has no answer. */
  readonly calling: boolean
  /** Frames that the server sends ahead of their acknowledgement. */
  readonly window: number
  acknowledge(root: number, received: number, shown: number): void
  start(root: ClientRoot, reference: FunctionReference, args: readonly unknown[]): StartedCall
  unmount(root: ClientRoot): void
}

/** A live root in the browser: decodes its frames in order and applies each as one React transition. */
export class ClientRoot {
  view: RootView
  /** The tree that is being received; another one than the view's from a reconnect to its first frame. */
  private store = this.newStore()
  private received = 0
  /** The last frame that came; it may not be decoded yet. */
  arrived = 0
  private readonly acknowledgements = new Acknowledgements(
    () => this.host.window,
    (received, shown) => this.host.acknowledge(this.id, received, shown),
  )
  private onScreen = 0
  private lastTransition = 0
  private leaving: Leaving[] = []
  private queue: Promise<void> = Promise.resolve()
  private listener: RootListener | null = null
  private waiting: { sequence: number; callback: () => void }[] = []
  /** Frames that were applied outside a transition and are not on screen yet. */
  private apart: number[] = []
  /** Slots with an update that waits, in a transition, for content to come. */
  private readonly unfinished = new Map<number, Unfinished>()
  private holders = 0
  private releaseTimer: ReturnType<typeof setTimeout> | undefined
  closed = false

  constructor(
    private readonly host: RootHost,
    readonly id: number,
    readonly path: string,
  ) {
    this.view = { store: this.store, error: null, sequence: 0 }
  }

  /** The component that shows this root; it hears of a new view in the same update as the slots do. */
  listen(listener: RootListener): void {
    this.listener = listener
  }

  /** A new tree begins: the old one stays on screen until the new one's first frame is there. */
  restart(): void {
    this.store = this.newStore()
    this.received = 0
    this.arrived = 0
    this.acknowledgements.restart()
    this.onScreen = 0
    this.lastTransition = 0
    this.leaving = []
    this.unfinished.clear()
    this.queue = Promise.resolve()
    this.apart = []
    this.settleWaiting(true)
  }

  /** True when the functions on screen belong to the tree that the server has now. */
  get current(): boolean {
    return this.view.store === this.store
  }

  /** `ofAction` where the frame brings the effects of a call that was made in a transition. */
  receive(sequence: number, payload: PayloadStream, ofAction = false): void {
    const { store } = this
    this.arrived = sequence
    const decoded = decodePayload<readonly Write[]>(payload)
    this.queue = this.queue
      .then(async () => {
        const writes = await settle(await decoded)
        // Slots that the frames before are about to show would show what this one, held back, makes of them.
        if (ofAction) await new Promise<void>((resolve) => this.whenShown(sequence - 1, resolve))
        if (this.store === store && !this.closed) this.apply(sequence, writes, ofAction)
      })
      .catch((error: unknown) => this.fail(undecodable(error)))
  }

  private apply(sequence: number, writes: readonly Write[], ofAction: boolean): void {
    const { written, suspends, gone } = this.store.take(writes)
    this.received = sequence
    const waiting = this.unfinished.size > 0
    const alone = !suspends && !written.some((id) => this.unfinished.has(id))
    if (alone && !ofAction && (waiting || this.host.calling)) {
      // React entangles transitions: this one would be held back by the one that waits, though it has all it needs. An
      // action of the page holds transitions back too, until the call that it waits for is answered; what is not the
      // effect of such a call need not wait for it, and what is must: it ends in one commit with the action.
      this.apart.push(sequence)
      this.announce(written, sequence, false)
    } else {
      // Until its action ends, the effect of a call is not on screen either.
      if (waiting || suspends || ofAction) this.markUnfinished(written, sequence)
      this.lastTransition = sequence
      startTransition(() => this.announce(written, sequence, true))
    }
    if (gone.length > 0) this.leaving.push({ gone, sequence, after: this.lastTransition })
    // What suspends may never come on screen before the server sends more, for which it may wait to hear of this.
    const mayStall = this.unfinished.size > 0
    this.acknowledgements.update(sequence, this.complete, mayStall)
    this.settleWaiting()
  }

  private markUnfinished(written: readonly number[], until: number): void {
    for (const id of written) {
      const before = this.unfinished.get(id)?.before ?? until - 1
      this.unfinished.set(id, { before, until })
    }
  }

  private announce(written: readonly number[], sequence: number, inTransition: boolean): void {
    this.view = { store: this.store, error: null, sequence }
    this.store.announce(written)
    this.listener?.(this.view, inTransition)
  }

  /** React has put this view on screen, and every transition up to the one that brought the view `finished`. */
  committed(view: RootView, { store, sequence: finished }: RootView): void {
    if (view.store !== this.store || store !== this.store) return
    for (const [id, { until }] of this.unfinished) if (until <= finished) this.unfinished.delete(id)
    this.onScreen = Math.max(this.onScreen, view.sequence)
    this.leaving = this.leaving.filter(({ gone, sequence, after }) => {
      const isOnScreen = sequence <= this.onScreen && after <= finished
      if (isOnScreen) this.store.forget(gone)
      return !isOnScreen
    })
    this.acknowledgements.update(this.received, this.complete)
    this.apart = this.apart.filter((each) => each > this.onScreen)
    this.settleWaiting()
  }

  /** The last frame of which everything, with all before it, is on screen. */
  private get complete(): number {
    let complete = this.onScreen
    for (const { before } of this.unfinished.values()) complete = Math.min(complete, before)
    return complete
  }

  /**
   * Calls back when everything up to a frame is on screen, or is in a transition: an action of the page that waits for
   * this holds transitions back, and ends in one commit with them.
   */
  whenShown(sequence: number, callback: () => void): void {
    this.waiting.push({ sequence, callback })
    this.settleWaiting()
  }

  private settleWaiting(all = this.closed || !this.current): void {
    const [firstApart = Number.POSITIVE_INFINITY] = this.apart
    const limit = all ? Number.POSITIVE_INFINITY : Math.min(this.received, firstApart - 1)
    const ready = this.waiting.filter(({ sequence }) => sequence <= limit)
    this.waiting = this.waiting.filter(({ sequence }) => sequence > limit)
    for (const { callback } of ready) callback()
  }

  /** True when all that has come is on screen, or waits there for more to come. */
  get idle(): boolean {
    if (this.closed || this.view.error !== null) return true
    if (this.arrived === 0 || this.received < this.arrived) return false
    return this.onScreen >= this.received || this.unfinished.size > 0
  }

  /** The frame that a slot on screen shows the state of. */
  seen(slot: number): number {
    return this.unfinished.get(slot)?.before ?? this.onScreen
  }

  /** True when a newer state of the slot is here, and held back by a transition. */
  holds(slot: number): boolean {
    return this.unfinished.has(slot)
  }

  private newStore(): SlotStore {
    const owner: FunctionOwner = {
      start: (reference, args) => {
        // What is on screen may be the tree of a connection that is lost.
        if (this.store !== store) throw new LiverootError('connection_lost')
        return this.host.start(this, reference, args)
      },
      place: ({ slot }) => ({ root: this.id, seen: this.seen(slot) }),
    }
    const store: SlotStore = new SlotStore(createBindings(owner))
    return store
  }

  fail(error: Error): void {
    if (this.closed) return
    this.view = { ...this.view, error }
    this.store.fail(error)
    this.view.store.fail(error)
    this.listener?.(this.view, false)
    this.settleWaiting(true)
  }

  retain(): void {
    this.holders++
    clearTimeout(this.releaseTimer)
  }

  /** Not at once: React's StrictMode takes a component out and puts it back in one go. */
  release(): void {
    this.holders--
    clearTimeout(this.releaseTimer)
    this.releaseTimer = setTimeout(() => {
      if (this.holders > 0 || this.closed) return
      this.closed = true
      this.acknowledgements.stop()
      this.host.unmount(this)
      this.settleWaiting(true)
    }, 0)
  }
}
