import { createHash } from 'node:crypto'
import { createElement, type ReactElement } from 'react'
import { scheduleFlush } from '../live/flush-queue.ts'
import type { Holding } from '../live/holding.ts'
import { ServicesContext } from '../live/services.ts'
import { LiveTree } from '../live/tree.ts'
import type { TreeObserver } from '../live/tree-observer.ts'
import { type StateKeeper, TreeState } from '../live/tree-state.ts'
import type { Batch } from '../live/writes.ts'
import type { Body } from '../protocol/messages.ts'
import { diagnostics } from './diagnostics.ts'
import { describeError } from './errors-out.ts'
import { encodeSlowly } from './flight/encode.ts'
import { writePlain } from './flight/plain-writer.ts'
import { FormerFrames } from './former-frames.ts'
import { listsFunction } from './listed-functions.ts'
import { ObservedFrame, observeMount } from './observe.ts'
import { RootGuard } from './root-guard.ts'
import { RootSnapshot } from './root-snapshot.ts'
import type { Match } from './routes.ts'
import type { Screen } from './screen.ts'
import type { ServerFunction } from './server-functions.ts'
import type { Session } from './session.ts'
import type { SharedRoot } from './shared-root.ts'
import type { Holder } from './shared-roots.ts'
import type { SleepingRoot } from './sleeping-trees.ts'
import type { StoredTree } from './snapshot.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** A live root of a session: a live tree, its place on the wire, and the rule of when to flush. */
export class Root implements TreeObserver, Screen, Holder {
  readonly tree: LiveTree
  isWaiting = false
  /** True while React's writer is at work on a frame, which it does in its own time. */
  private encoding = false
  /** True from when a frame was held back to when one is sent. */
  private held = false
  /** True when what the next frame brings are the effects of a call that the browser made in a transition. */
  ofAction = false
  private readonly waiting: (() => void)[] = []
  private readonly waitingForShown: { readonly sequence: number; readonly callback: () => void }[] = []
  private closed = false
  /** True while the browser does not have the root, and may mount it again. */
  private paused = false
  /** Another after each pause: a frame that was begun before is for nobody. */
  private mounting = 0
  private mounted = false
  /** True until the store has the tree: what the browser sees of it shall be there when the server is lost. */
  isNew = false
  private readonly guard: RootGuard | null
  readonly former: FormerFrames | null

  private readonly snapshot: RootSnapshot

  /**
   * @param number the tree's own in its session; ids of `useId` begin with it.
   * @param stored what it starts from.
   */
  constructor(
    private readonly session: Session,
    /** The number that the browser chose. */
    public id: number,
    readonly path: string,
    private readonly match: Match,
    private readonly number: number,
    stored: StoredTree | null = null,
  ) {
    const state = match.route.durable
      ? new TreeState(this.stateKeeper(), stored?.slots, stored?.sequence, stored?.lastSlot)
      : null
    this.former = stored === null ? null : new FormerFrames(stored.sequence)
    this.snapshot = new RootSnapshot(number, path)
    this.isNew = state !== null && stored === null && session.keeper.outlivesProcess
    this.tree = new LiveTree(this, `live${number}`, state)
    const { info, host } = session
    this.guard =
      match.route.guard === undefined ? null : new RootGuard(match, () => info.current, host.onError)
  }

  private stateKeeper(): StateKeeper {
    const { session } = this
    return {
      changed: () => session.keeper.changed(),
      restoreFailed: (component, error) => {
        const where = component === null ? '' : `\n    at ${component}`
        describeError(error, 'restore_failed', session.host.onError, {
          route: this.route,
          componentStack: where,
        })
      },
    }
  }

  /** What changed in the tree's state since it was asked for last. */
  collectState(changes: EntryChanges): void {
    if (!this.closed) this.snapshot.collect(this.id, this.tree, changes)
  }

  get route(): string {
    return this.match.route.pattern
  }

  get sequence(): number {
    return this.tree.sequence
  }

  /** Renders it, when the guard of its route lets the session in. */
  mount(): void {
    if (this.guard === null) this.mountNow()
    else this.askGuard(this.guard)
  }

  /** The session's user is another: what was allowed may be so no more. */
  userChanged(): void {
    if (this.guard !== null) this.askGuard(this.guard)
  }

  private askGuard(guard: RootGuard): void {
    guard.ask((refusal) => {
      if (this.closed) return
      if (refusal === null) return this.mounted ? undefined : this.mountNow()
      this.session.host.refused('forbidden')
      this.session.roots.fail(this, refusal)
    })
  }

  private mountNow(): void {
    this.mounted = true
    observeMount(
      () => this.describe(),
      () => {
        this.render()
        return !this.closed
      },
    )
    if (this.isNew) void this.session.keeper.born().then(() => this.stored())
  }

  private stored(): void {
    this.isNew = false
    this.wake()
  }

  private describe() {
    return { ...this.session.identity, route: this.route, root: this.id }
  }

  private render(): void {
    const { component } = this.match.route
    const element = createElement(component as never, this.match.props as never)
    const { roots, info } = this.session
    const value = { ...roots.servicesFor(this), session: info }
    this.tree.mount(element, (inner: ReactElement) => createElement(ServicesContext, { value }, inner))
  }

  /** The browser does not have the root any more. The tree lives on, and is not shown. */
  pause(): void {
    this.paused = true
    this.mounting++
    this.encoding = false
  }

  /** It mounts the root again, perhaps by another number, and gets everything. */
  mountAgain(id: number): void {
    this.id = id
    this.paused = false
    this.tree.sendAgain()
    scheduleFlush(this)
  }

  close(): void {
    if (this.closed) return
    this.session.keeper.dropTree(this.number)
    this.unmount()
  }

  /** What its components hold outside; null where something is under way, or it is more than that and its snapshot. */
  get holdings(): readonly Holding[] | null {
    const { tree } = this
    const rests = this.mounted && !this.isNew && !this.paused && !this.encoding && !tree.dirty
    return rests && tree.shownFrame === tree.sequence ? tree.holdings : null
  }

  /** Unmounts the tree, whose state is stored, without a word to the browser. */
  sleep(): SleepingRoot {
    const { number, id, path, tree } = this
    const { sequence, lastSlot } = tree
    const asleep = { tree: number, root: id, path, sequence, lastSlot, shown: this.digest() }
    this.unmount()
    return asleep
  }

  /**
   * Mounts the tree again, for the frame that the browser shows: that is made anew, and not sent. The browser is told what
   * the tree shows only where that is not what it showed.
   */
  wakeUp(shown: string | null): void {
    this.mountNow()
    if (this.closed) return
    const { tree } = this
    tree.collect()
    const { sequence } = tree
    tree.acknowledge(sequence, sequence)
    if (shown === null || shown !== this.digest()) {
      this.sendBatch({ ...tree.picture(), sequence: ++tree.sequence })
    }
  }

  /** What the browser shows, in short; null where React's own writer would have to write it. */
  private digest(): string | null {
    const { writes, ...batch } = this.tree.picture()
    const sorted = [...writes].sort((a, b) => a.slot.id - b.slot.id)
    const text = writePlain({ ...batch, writes: sorted }, this.session.host.modules())
    return text === null ? null : createHash('sha256').update(text).digest('base64').slice(0, 22)
  }

  private unmount(): void {
    this.closed = true
    try {
      this.tree.unmount()
    } catch (error) {
      describeError(error, 'root_failed', this.session.host.onError, { route: this.route })
    }
    this.release()
    for (const { callback } of this.waitingForShown.splice(0)) callback()
  }

  acknowledge(received: number, shown: number): void {
    this.tree.acknowledge(received, shown)
    this.wake()
    const { waitingForShown: waiting, tree } = this
    while (waiting[0] !== undefined && waiting[0].sequence <= tree.shownFrame) waiting.shift()?.callback()
  }

  show(root: SharedRoot): void {
    this.session.views.add(root)
  }

  hide(root: SharedRoot, gone: () => void): void {
    const callback = () => {
      this.session.views.remove(root)
      gone()
    }
    this.whenFlushed(() => {
      const { sequence, shownFrame } = this.tree
      if (this.closed || shownFrame >= sequence) callback()
      else this.waitingForShown.push({ sequence, callback })
    })
  }

  find(slot: number, path: string, seen: number): ServerFunction | undefined {
    const handler = this.tree.findHandler(slot, path, seen)
    return handler && ((...args) => this.tree.run(path, () => handler(...args)))
  }

  lists(id: string): boolean {
    return listsFunction(this.tree, this.tree.shownFrame, this.session.host.modules(), id)
  }

  /** There may be room again. */
  wake(): void {
    if (this.tree.dirty && !this.closed && !this.paused) scheduleFlush(this)
  }

  holds(slot: number, released: () => void): boolean {
    return this.tree.holds(slot, released)
  }

  /** Calls back in the next flush, when all that changes until then is on its way to the browser. */
  afterFlush(callback: () => void): void {
    if (this.closed) return callback()
    this.waiting.push(callback)
    scheduleFlush(this)
  }

  /** Calls back when all that changed so far is on its way to the browser. */
  whenFlushed(callback: () => void): void {
    if (this.closed || !(this.tree.dirty || this.encoding)) callback()
    else this.waiting.push(callback)
  }

  /**
   * Sends what changed, unless the browser has not kept up: then the tree stays dirty, and a later flush goes from what
   * was sent last straight to the newest state.
   */
  flush(): void {
    if (this.closed || this.paused || this.isNew || this.encoding || (this.tree.dirty && this.isHeldBack()))
      return
    try {
      this.send()
    } catch (error) {
      this.failed(error, '')
    }
    if (!this.tree.dirty && !this.encoding) this.release()
  }

  private isHeldBack(): boolean {
    const reason = this.session.holdsBack(this.tree)
    if (reason === null || this.held) return reason !== null
    this.held = true
    if (diagnostics.frameHeld.hasSubscribers) diagnostics.frameHeld.publish({ ...this.describe(), reason })
    return true
  }

  private send(): void {
    const observed = ObservedFrame.begin()
    const batch = this.tree.collect()
    if (batch !== null) this.sendBatch(batch, observed)
  }

  private sendBatch(batch: Batch, observed = ObservedFrame.begin()): void {
    this.held = false
    const plain = writePlain(batch, this.session.host.modules())
    if (plain === null) this.sendSlowly(batch, observed)
    else this.sendFrame(batch, plain, undefined, this.takeAction(), observed)
  }

  private takeAction(): 0 | 1 {
    const action = this.ofAction ? 1 : 0
    this.ofAction = false
    return action
  }

  /** What is not plain goes through React's writer. */
  private sendSlowly(batch: Batch, observed: ObservedFrame | null): void {
    this.encoding = true
    const { mounting, session } = this
    const action = this.takeAction()
    const payload = encodeSlowly(batch, session.host.modules(), (error) => this.report(error))
    session.payloads
      .sendStream(payload, (body, stream) => {
        if (this.mounting !== mounting) return false
        this.sendFrame(batch, body, stream, action, observed)
        return true
      })
      .then(
        () => this.encoded(mounting),
        (error: unknown) => this.failed(error, ''),
      )
  }

  private sendFrame(
    { sequence, writes }: Batch,
    body: Body,
    stream: number | undefined,
    action: 0 | 1,
    observed: ObservedFrame | null,
  ): void {
    observed?.end(body, { ...this.describe(), sequence, writes: writes.length })
    // The fields stand in the order in which they travel, and those after one that is missing are missing.
    const marked = action === 1 || stream !== undefined ? action : undefined
    this.session.wire.send({ type: 'frame', root: this.id, sequence, action: marked, stream, body })
  }

  private encoded(mounting: number): void {
    if (this.mounting !== mounting) return
    this.encoding = false
    if (this.tree.dirty) this.wake()
    else this.release()
  }

  private release(): void {
    for (const callback of this.waiting.splice(0)) callback()
  }

  private report(error: unknown): string | undefined {
    return describeError(error, 'root_failed', this.session.host.onError, { route: this.route }).digest
  }

  caught(error: unknown, componentStack: string): void {
    describeError(error, 'boundary_caught', this.session.host.onError, { route: this.route, componentStack })
  }

  failed(error: unknown, componentStack: string): void {
    const body = describeError(error, 'root_failed', this.session.host.onError, {
      route: this.route,
      componentStack,
    })
    // A cleanup may throw while the root is being closed: there is nobody to tell but the log.
    if (!this.closed) this.session.roots.fail(this, body)
  }
}
