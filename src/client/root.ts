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

/** The frames that one component has put on screen, and whose transitions it has finished. */
interface OnScreen {
  readonly view: number
  readonly finished: number
}

const nothing = 0

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
  /** The server has made another tree. */
  replaced(root: ClientRoot): void
  unmount(root: ClientRoot): void
  /** The shared root of a number; its content may be yet to come. */
  sharedRoot(id: number): ClientRoot
}

/** A live root in the browser: decodes its frames in order and applies each as one React transition. */
export class ClientRoot {
  view: RootView
  /** Grows with each tree that the server makes for this root. */
  tree = 0
  /** True from a restart to the first frame, which tells whether the tree is another. */
  private restarted = false
  /** The tree of {@link store}; null until that is known. */
  private born: { tree: number | null } = { tree: 0 }
  /** What is being received; another one than the view's from a restart to its first frame. */
  private store = this.newStore()
  private received = 0
  /** The last frame that came; it may not be decoded yet. */
  arrived = 0
  private readonly acknowledgements = new Acknowledgements(
    () => this.host.window,
    (received, shown) => this.host.acknowledge(this.id, received, shown),
  )
  /** The components that show this root, with what each has put on screen; of a shared root there may be several. */
  private readonly screens = new Map<RootListener, OnScreen>()
  private onScreen = 0
  private lastTransition = 0
  private leaving: Leaving[] = []
  private queue: Promise<void> = Promise.resolve()
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

  /** A component that shows this root; it hears of a new view in the same update as the slots do. */
  listen(listener: RootListener): () => void {
    this.screens.set(listener, { view: nothing, finished: nothing })
    return () => {
      this.screens.delete(listener)
      this.shownNowhere()
    }
  }

  /**
   * The server sends everything anew, of the tree that it has or of another. What is on screen stays until the first
   * frame is there.
   */
  restart(): void {
    if (this.arrived === 0) return
    this.restarted = true
    this.store = this.newStore()
    this.received = 0
    this.arrived = 0
    this.acknowledgements.restart()
    this.lastTransition = 0
    this.leaving = []
    this.unfinished.clear()
    this.queue = Promise.resolve()
    this.apart = []
    this.settleWaiting(true)
  }

  /** The frames of a tree that lives on have greater numbers than those before; those of another begin with 1. */
  private begin(sequence: number): void {
    this.restarted = false
    if (sequence === 1) {
      this.tree++
      this.onScreen = 0
      this.host.replaced(this)
    }
    this.born.tree = this.tree
  }

  /** True when the server has the tree, or never will. */
  get ready(): boolean {
    return this.arrived > 0 || this.closed || this.view.error !== null
  }

  /** What was acknowledged may have been lost with a connection. */
  acknowledgeAgain(): void {
    this.acknowledgements.repeat()
  }

  /** `ofAction` where the frame brings the effects of a call that was made in a transition. */
  receive(sequence: number, payload: PayloadStream, ofAction = false): void {
    const { store } = this
    if (this.restarted) this.begin(sequence)
    this.arrived = sequence
    const decoded = decodePayload<readonly Write[]>(payload)
    this.queue = this.queue
      .then(async () => {
        const writes = await settle(await decoded)
        // Slots that the frames before are about to show would show what this one, held back, makes of them.
        if (ofAction) await new Promise<void>((resolve) => this.whenShown(sequence - 1, resolve))
        if (this.store === store && !this.closed) this.apply(sequence, writes, ofAction)
      })
      .catch((error: unknown) => {
        if (this.store === store) this.fail(undecodable(error))
      })
  }

  private apply(sequence: number, writes: readonly Write[], ofAction: boolean): void {
    const { written, suspends, gone } = this.store.take(writes)
    const isFirst = this.received === 0
    this.received = sequence
    const waiting = this.unfinished.size > 0
    const alone = !suspends && !written.some((id) => this.unfinished.has(id))
    if (alone && !isFirst && !ofAction && (waiting || this.host.calling)) {
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
    this.shownNowhere()
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
    for (const listener of [...this.screens.keys()]) listener(this.view, inTransition)
  }

  /**
   * In a component, React has put this view on screen, and every transition up to the one that brought the view
   * `finished`.
   */
  committed(listener: RootListener, view: RootView, finished: RootView): void {
    if (view.store !== this.store || finished.store !== this.store || !this.screens.has(listener)) return
    this.screens.set(listener, { view: view.sequence, finished: finished.sequence })
    const all = [...this.screens.values()]
    this.shown(Math.min(...all.map((each) => each.view)), Math.min(...all.map((each) => each.finished)))
  }

  /** What is on no screen is shown as well as it can be: it may only be newer when it is. */
  private shownNowhere(): void {
    if (this.screens.size === 0) this.shown(this.received, this.received)
  }

  private shown(sequence: number, finished: number): void {
    for (const [id, { until }] of this.unfinished) if (until <= finished) this.unfinished.delete(id)
    this.onScreen = Math.max(this.onScreen, sequence)
    this.leaving = this.leaving.filter(({ gone, sequence: left, after }) => {
      const isOnScreen = left <= this.onScreen && after <= finished
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

  private settleWaiting(all = this.closed): void {
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
    const born = { tree: this.restarted ? null : this.tree }
    this.born = born
    const owner: FunctionOwner = {
      start: (reference, args) => {
        // What is on screen may be a tree that the server has no more.
        if (born.tree !== this.tree || this.closed) throw new LiverootError('connection_lost')
        return this.host.start(this, reference, args)
      },
      place: ({ slot }) => ({ root: this.id, seen: this.seen(slot) }),
    }
    return new SlotStore(createBindings(owner, (id) => this.host.sharedRoot(id)))
  }

  fail(error: Error): void {
    if (this.closed) return
    this.view = { ...this.view, error }
    this.store.fail(error)
    this.view.store.fail(error)
    for (const listener of [...this.screens.keys()]) listener(this.view, false)
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
      this.close()
      this.host.unmount(this)
    }, 0)
  }

  /** Nothing comes for it any more. What is on screen stays until it is taken away. */
  close(): void {
    this.closed = true
    this.acknowledgements.stop()
    this.settleWaiting(true)
  }
}
