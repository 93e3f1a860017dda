import { startTransition } from 'react'
import { LiverootError } from '../errors.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { createBindings, hasFunction } from './bind.ts'
import { flushGone } from './call-timing.ts'
import { undecodable } from './errors.ts'
import { decodePayload, type PayloadStream } from './flight.ts'
import { LeavingSlots } from './leaving-slots.ts'
import type { RootHost } from './root-host.ts'
import { type OnScreen, type RootListener, Screens } from './screens.ts'
import type { FunctionOwner } from './server-function.ts'
import { settle } from './settle.ts'
import { ShownWaits } from './shown-waits.ts'
import { SlotStore, type Write } from './slot-store.ts'
import { UnfinishedSlots } from './unfinished-slots.ts'

/** What `LiveRoot` shows: another store after a fresh mount, or an error. */
export interface RootView {
  readonly store: SlotStore
  readonly error: Error | null
  /** The number of the frame that this view is the state after. */
  readonly sequence: number
}

/** A live root in the browser: decodes its frames in order and applies each as one React transition. */
export class ClientRoot {
  view: RootView
  /** Grows with each tree that the server makes for this root. */
  tree = 0
  /** Of a shared root: names its tree on all servers. */
  treeName: string | null = null
  /** Of a shared root that the server shows anew: what is called on the screen of this one is for that. */
  successor: ClientRoot | null = null
  /** Of a shared root, the first frame: nothing on screen is older. */
  private first = 0
  /** True from a restart to the first frame, which tells whether the tree is another. */
  private restarted = false
  /** The tree of {@link store}; null until that is known. */
  private born: { tree: number | null } = { tree: 0 }
  /** What the functions of {@link store} belong to. */
  private owner!: FunctionOwner
  /** What is being received; another one than the view's from a restart to its first frame. */
  private store = this.newStore()
  /** What was received before the restart, while that is on screen, and the tree is the same. */
  private former: SlotStore | null = null
  private received = 0
  /** The last frame that came; it may not be decoded yet. */
  arrived = 0
  private readonly acknowledgements = new Acknowledgements(
    () => this.host.window,
    (received, shown) => this.host.acknowledge(this.id, received, shown),
  )
  private readonly screens = new Screens()
  private onScreen = 0
  private lastTransition = 0
  private readonly leaving = new LeavingSlots()
  private queue: Promise<void> = Promise.resolve()
  private readonly waits = new ShownWaits()
  private readonly unfinished = new UnfinishedSlots()
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
    this.screens.add(listener, this.received)
    return () => {
      this.screens.delete(listener)
      this.look()
    }
  }

  /**
   * The server sends everything anew, of the tree that it has or of another. What is on screen stays until the first
   * frame is there.
   */
  restart(): void {
    if (this.arrived === 0) return
    this.restarted = true
    if (this.view.store === this.store) this.former = this.store
    this.store = this.newStore()
    this.received = 0
    this.arrived = 0
    this.acknowledgements.restart()
    this.lastTransition = 0
    this.leaving.clear()
    this.screens.restart()
    this.queue = Promise.resolve()
    this.waits.end()
  }

  /** The frames of a tree that lives on have greater numbers than those before; those of another begin with 1. */
  private begin(sequence: number): void {
    this.restarted = false
    if (sequence === 1) {
      this.tree++
      this.onScreen = 0
      this.former = null
      this.unfinished.clear()
      this.host.replaced(this)
    }
    this.born.tree = this.tree
  }

  /** The picture of a shared root is of that tree. */
  private named(name: string, sequence: number): void {
    if (this.treeName === null) this.first = sequence
    else if (this.treeName !== name) this.born.tree = ++this.tree
    this.treeName = name
  }

  private get latest(): ClientRoot {
    return this.successor?.latest ?? this
  }

  /** True when something of it came, or nothing ever will. */
  get hasShown(): boolean {
    return this.received > 0 || this.closed || this.view.error !== null
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
    const { written, suspends, gone, treeName } = this.store.take(writes)
    if (treeName !== null) this.named(treeName, sequence)
    const isFirst = this.received === 0
    this.received = sequence
    const waiting = !this.unfinished.none
    const alone = !suspends && !written.some((id) => this.unfinished.holds(id))
    if (alone && !isFirst && !ofAction && (waiting || this.host.calling)) {
      // React entangles transitions: this one would be held back by the one that waits, though it has all it needs. An
      // action of the page holds transitions back too, until the call that it waits for is answered; what is not the
      // effect of such a call need not wait for it, and what is must: it ends in one commit with the action.
      this.waits.appliedApart(sequence)
      this.unfinished.add(written, sequence, 'now')
      this.announce(written, sequence, 'now')
    } else {
      // Until its action ends, the effect of a call is not on screen either.
      const isHeld = waiting || suspends || ofAction
      this.unfinished.add(written, sequence, isHeld ? 'held' : 'transition')
      this.lastTransition = sequence
      startTransition(() => this.announce(written, sequence, 'transition'))
      if (ofAction) this.restartRender(sequence)
    }
    this.leaving.add(gone, sequence, this.lastTransition)
    // What suspends may never come on screen before the server sends more, for which it may wait to hear of this.
    const mayStall = !this.unfinished.none
    this.acknowledgements.update(sequence, this.complete, mayStall)
    if (this.screens.onAll === null) this.look()
    this.settleWaiting()
    this.host.shows(this)
  }

  /** A render of the action's transition may be under way, and would go on without what was just added to it. */
  private restartRender(sequence: number): void {
    this.waits.appliedInAction(sequence)
    this.screens.announce(this.view, 'restart')
  }

  private announce(written: readonly number[], sequence: number, update: 'transition' | 'now'): void {
    this.view = { store: this.store, error: null, sequence }
    this.store.announce(written)
    this.screens.announce(this.view, update)
  }

  /**
   * In a component, React has put this view on screen, and every transition up to the one that brought the view
   * `finished`.
   */
  committed(listener: RootListener, view: RootView, finished: RootView): void {
    // React may put on screen after a restart what came before it, and a click there is for that.
    if (view.store === this.former) this.onScreen = Math.max(this.onScreen, view.sequence)
    if (finished.store === this.former) this.unfinished.shown(this.onScreen, finished.sequence)
    if (view.store !== this.store || finished.store !== this.store) return
    this.screens.committed(listener, { view: view.sequence, finished: finished.sequence })
    this.look()
  }

  /** In a component, React renders nothing any more that it began before the frames up to this view's were applied. */
  rendersSince(listener: RootListener, view: RootView): void {
    if (view.store !== this.store) return
    this.screens.committed(listener, { restarted: view.sequence })
    this.look()
  }

  /** What is on no screen is shown as well as it can be: it may only be newer when it is. */
  private look(): void {
    const { received } = this
    this.shown(this.screens.onAll ?? { view: received, finished: received, restarted: received })
  }

  private shown(screen: OnScreen): void {
    const { finished } = screen
    const onScreen = Math.max(this.onScreen, screen.view)
    this.unfinished.shown(onScreen, finished)
    this.store.forget(this.leaving.take(onScreen, finished))
    flushGone(this.owner, (slot, path) => hasFunction(this.store.read(slot), path))
    this.onScreen = onScreen
    this.acknowledgements.update(this.received, this.complete)
    this.waits.shown({ ...screen, view: this.onScreen })
    this.settleWaiting()
  }

  /** The last frame of which everything, with all before it, is on screen. */
  private get complete(): number {
    return this.unfinished.complete(this.onScreen)
  }

  /** Calls back when everything up to a frame is on screen, or is in a transition. */
  whenShown(sequence: number, callback: () => void): void {
    this.waits.add(sequence, callback)
    this.settleWaiting()
  }

  private settleWaiting(): void {
    if (this.closed) this.waits.end()
    else this.waits.settle(this.received)
  }

  /** True when all that has come is on screen, or waits there for more to come. */
  get idle(): boolean {
    if (this.closed || this.view.error !== null) return true
    if (this.arrived === 0 || this.received < this.arrived) return false
    return this.onScreen >= this.received || !this.unfinished.none
  }

  /** The frame that a slot on screen shows the state of. */
  seen(slot: number): number {
    return this.unfinished.seen(slot, Math.max(this.onScreen, this.first))
  }

  /** True when a newer state of the slot is here, and held back by a transition. */
  holds(slot: number): boolean {
    return this.unfinished.holds(slot)
  }

  private newStore(): SlotStore {
    const born = { tree: this.restarted ? null : this.tree }
    this.born = born
    this.owner = {
      start: (reference, args) => {
        // What is on screen may be a tree that the server has no more.
        const { latest } = this
        if (born.tree !== this.tree || latest.closed) throw new LiverootError('connection_lost')
        return this.host.start(latest, reference, args)
      },
      place: ({ slot }) => ({ root: this.id, seen: this.seen(slot) }),
    }
    const bindings = createBindings(this.owner, (id) => this.host.sharedRoot(id))
    const store: SlotStore = new SlotStore(bindings, (slot) => {
      if (this.store === store) this.unfinished.mounted(slot, this.received)
    })
    return store
  }

  fail(error: Error): void {
    if (this.closed) return
    this.view = { ...this.view, error }
    this.store.fail(error)
    this.view.store.fail(error)
    this.screens.announce(this.view, 'now')
    this.waits.end()
    this.host.shows(this)
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
      flushGone(this.owner, () => false)
      this.close()
      this.host.unmount(this)
    }, 0)
  }

  /** Nothing comes for it any more. What is on screen stays until it is taken away. */
  close(): void {
    this.closed = true
    this.acknowledgements.stop()
    this.waits.end()
  }
}
