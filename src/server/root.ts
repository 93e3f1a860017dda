import { createElement, type ReactElement } from 'react'
import { scheduleFlush } from '../live/flush-queue.ts'
import type { ShownHandlers } from '../live/handler-history.ts'
import type { Holding } from '../live/holding.ts'
import { ServicesContext } from '../live/services.ts'
import { LiveTree } from '../live/tree.ts'
import type { TreeObserver } from '../live/tree-observer.ts'
import { TreeState } from '../live/tree-state.ts'
import { describeError } from './errors-out.ts'
import { FormerFrames } from './former-frames.ts'
import { listsFunction } from './listed-functions.ts'
import { observeMount } from './observe.ts'
import { digestOf } from './picture-digest.ts'
import { type FramedRoot, RootFrames } from './root-frames.ts'
import { RootGuard } from './root-guard.ts'
import { RootSnapshot, stateKeeperOf } from './root-snapshot.ts'
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
export class Root implements TreeObserver, Screen, Holder, FramedRoot {
  readonly tree: LiveTree
  isWaiting = false
  private readonly frames: RootFrames
  private readonly waiting: (() => void)[] = []
  private readonly waitingForShown: { readonly sequence: number; readonly callback: () => void }[] = []
  private closed = false
  /** True while the browser does not have the root, and may mount it again. */
  private paused = false
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
      ? new TreeState(
          stateKeeperOf(session, match.route.pattern),
          stored?.slots,
          stored?.sequence,
          stored?.lastSlot,
        )
      : null
    this.former = stored === null ? null : new FormerFrames(stored.sequence)
    this.snapshot = new RootSnapshot(number, path)
    this.frames = new RootFrames(this, session)
    this.isNew = state !== null && stored === null && session.keeper.outlivesProcess
    this.tree = new LiveTree(this, `live${number}`, state)
    const { info, host } = session
    this.guard =
      match.route.guard === undefined ? null : new RootGuard(match, () => info.current, host.onError)
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

  set ofAction(isOfAction: boolean) {
    this.frames.ofAction = isOfAction
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

  describe() {
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
    this.frames.drop()
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
    const rests = this.mounted && !this.isNew && !this.paused && !this.frames.writing && !tree.dirty
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
      this.frames.send({ ...tree.picture(), sequence: ++tree.sequence })
    }
  }

  private digest(): string | null {
    return digestOf(this.tree.picture(), this.session.host.modules())
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

  shownHandlers(slot: number, seen: number): ShownHandlers | undefined {
    return this.tree.shownHandlers(slot, seen)
  }

  find(slot: number, path: string, seen: number, shown?: ShownHandlers): ServerFunction | undefined {
    const handler = this.tree.findHandler(slot, path, seen, undefined, shown)
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
    if (this.closed || !(this.tree.dirty || this.frames.writing)) callback()
    else this.waiting.push(callback)
  }

  /**
   * Sends what changed, unless the browser has not kept up: then the tree stays dirty, and a later flush goes from what
   * was sent last straight to the newest state.
   */
  flush(): void {
    const { tree, frames } = this
    if (this.closed || this.paused || this.isNew || frames.writing) return
    if (tree.dirty && frames.isHeldBack(tree)) return
    try {
      frames.sendChanges(tree)
    } catch (error) {
      this.failed(error, '')
    }
    if (!tree.dirty && !frames.writing) this.release()
  }

  written(): void {
    if (this.tree.dirty) this.wake()
    else this.release()
  }

  private release(): void {
    for (const callback of this.waiting.splice(0)) callback()
  }

  report(error: unknown): string | undefined {
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
