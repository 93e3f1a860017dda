import { startTransition } from 'react'
import { LiverootError } from '../errors.ts'
import { createBindings, hasFunction } from './bind.ts'
import { flushGone } from './call-timing.ts'
import { undecodable } from './errors.ts'
import { decodePayload, type PayloadStream } from './flight.ts'
import type { RootHost } from './root-host.ts'
import { RootScreen } from './root-screen.ts'
import type { RootListener } from './screens.ts'
import type { FunctionOwner } from './server-function.ts'
import { settle } from './settle.ts'
import { SlotStore, type Write } from './slot-store.ts'
import type { UpdateKind } from './unfinished-slots.ts'

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
  private readonly screen: RootScreen
  private queue: Promise<void> = Promise.resolve()
  private holders = 0
  private releaseTimer: ReturnType<typeof setTimeout> | undefined
  closed = false

  constructor(
    private readonly host: RootHost,
    readonly id: number,
    readonly path: string,
  ) {
    this.view = { store: this.store, error: null, sequence: 0 }
    this.screen = new RootScreen({
      received: () => this.received,
      closed: () => this.closed,
      window: () => host.window,
      acknowledge: (received, shown) => host.acknowledge(id, received, shown),
      left: (slots) => {
        this.store.forget(slots)
        flushGone(this.owner, (slot, path) => hasFunction(this.store.read(slot), path))
      },
    })
  }

  /** A component that shows this root; it hears of a new view in the same update as the slots do. */
  listen(listener: RootListener): () => void {
    const { screen } = this
    screen.components.add(listener, this.received)
    return () => {
      screen.components.delete(listener)
      screen.look()
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
    this.queue = Promise.resolve()
    this.screen.restart()
  }

  /** The frames of a tree that lives on have greater numbers than those before; those of another begin with 1. */
  private begin(sequence: number): void {
    this.restarted = false
    if (sequence === 1) {
      this.tree++
      this.former = null
      this.screen.begin()
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
    this.screen.acknowledgeAgain()
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
    const kind = this.kindOf(written, suspends, ofAction)
    const { screen } = this
    const frame = { sequence, written, gone, kind }
    this.received = sequence
    screen.applies(frame)
    if (kind === 'now') this.announce(written, sequence, 'now')
    else startTransition(() => this.announce(written, sequence, 'transition'))
    if (ofAction) screen.restartRender(sequence, this.view)
    screen.applied(frame)
    this.host.shows(this)
  }

  /**
   * React entangles transitions: one that has all it needs would be held back by one that waits. An action of the page
   * holds transitions back too, until the call that it waits for is answered; what is not the effect of such a call need not
   * wait for it, and what is must: it ends in one commit with the action, and is not on screen before.
   */
  private kindOf(written: readonly number[], suspends: boolean, ofAction: boolean): UpdateKind {
    const { unfinished } = this.screen
    const waiting = !unfinished.none
    const isAlone = !suspends && !ofAction && !written.some((slot) => unfinished.holds(slot))
    if (isAlone && this.received > 0 && (waiting || this.host.calling)) return 'now'
    return waiting || suspends || ofAction ? 'held' : 'transition'
  }

  private announce(written: readonly number[], sequence: number, update: 'transition' | 'now'): void {
    this.view = { store: this.store, error: null, sequence }
    this.store.announce(written)
    this.screen.components.announce(this.view, update)
  }

  /**
   * In a component, React has put this view on screen, and every transition up to the one that brought the view
   * `finished`.
   */
  committed(listener: RootListener, view: RootView, finished: RootView): void {
    const { screen, former } = this
    // React may put on screen after a restart what came before it, and a click there is for that.
    if (view.store === former) screen.committedFormer({ view: view.sequence })
    if (finished.store === former) screen.committedFormer({ finished: finished.sequence })
    if (view.store !== this.store || finished.store !== this.store) return
    screen.committed(listener, { view: view.sequence, finished: finished.sequence })
  }

  /** In a component, React renders nothing any more that it began before the frames up to this view's were applied. */
  rendersSince(listener: RootListener, view: RootView): void {
    if (view.store !== this.store) return
    this.screen.committed(listener, { restarted: view.sequence })
  }

  /** Calls back when everything up to a frame is on screen, or is in a transition. */
  whenShown(sequence: number, callback: () => void): void {
    this.screen.whenShown(sequence, callback)
  }

  /** True when all that has come is on screen, or waits there for more to come. */
  get idle(): boolean {
    if (this.closed || this.view.error !== null) return true
    if (this.arrived === 0 || this.received < this.arrived) return false
    return this.screen.rests
  }

  /** The frame that a slot on screen shows the state of. */
  seen(slot: number): number {
    return this.screen.seen(slot, this.first)
  }

  /** True when a newer state of the slot is here, and held back by a transition. */
  holds(slot: number): boolean {
    return this.screen.unfinished.holds(slot)
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
      if (this.store === store) this.screen.unfinished.mounted(slot, this.received)
    })
    return store
  }

  fail(error: Error): void {
    if (this.closed) return
    this.view = { ...this.view, error }
    this.store.fail(error)
    this.view.store.fail(error)
    this.screen.components.announce(this.view, 'now')
    this.screen.end()
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
    this.screen.close()
  }
}
