import type { ShownHandlers } from '../live/handler-history.ts'
import type { SharedRequest } from '../live/shared.ts'
import type { Lag } from '../live/tree-observer.ts'
import { frameSeen } from '../protocol/newest-render.ts'
import { Audience } from './audience.ts'
import { describeError, reportedAs } from './errors-out.ts'
import type { ServerFunction } from './server-functions.ts'
import type { Forward, SharedOrigin } from './shared-origin.ts'
import type { Holder, SharedRoots } from './shared-roots.ts'
import { SharedSeat } from './shared-seat.ts'
import { newTreeName, SharedTree } from './shared-tree.ts'
import type { Viewer } from './viewer.ts'

/** One instance of a shared component, as the viewers of this server see it. */
export class SharedRoot implements Holder {
  readonly audience = new Audience()
  /** The shared roots that have a place in this one, with how many: who sees this one sees them. */
  private readonly inner = new Map<SharedRoot, number>()
  private readonly failureListeners = new Set<(error: unknown) => void>()
  private holders = 0
  private graceTimer: NodeJS.Timeout | undefined
  private mounted = false
  private closed = false
  /** Null until it is known which server has the tree. */
  private origin: SharedOrigin | null = null
  /** Its place among the servers; null where there is only this one. */
  private seat: SharedSeat | null = null
  /** The number of the newest frame of the origins that there were. */
  private last = 0
  /** Names the tree that its viewers see, or saw last; null where no call can have run on it. */
  private treeName: string | null = null
  /** The first frame of that tree: functions that were seen before are another's. */
  private firstOfTree = 0
  /** Calls that wait until it is known where they go. */
  private waiting: (() => void)[] = []

  constructor(
    readonly registry: SharedRoots,
    readonly id: number,
    readonly request: SharedRequest,
  ) {}

  get name(): string {
    return `shared ${this.request.definition.name}`
  }

  get sequence(): number {
    return this.origin?.sequence ?? this.last
  }

  /** The shared roots that have a place in it. */
  get innerRoots(): Iterable<SharedRoot> {
    return this.inner.keys()
  }

  /** Renders it, or finds the server that has. */
  mount(): void {
    if (this.mounted || this.closed) return
    this.mounted = true
    const { cluster } = this.registry
    if (cluster !== null) this.seat = new SharedSeat(this, cluster)
    else this.run(new SharedTree(this, newTreeName()))
  }

  /** Has the tree here. */
  run(tree: SharedTree): void {
    this.setOrigin(tree)
    this.shows(tree.name)
    tree.mount()
    // The places in it are found by those who join it.
    this.registry.takeSteps()
    if (this.origin === tree) for (const viewer of this.audience) this.bring(viewer)
  }

  /** Every viewer gets a picture of that origin. */
  follow(origin: SharedOrigin): void {
    this.setOrigin(origin)
    for (const viewer of this.audience) this.bring(viewer)
  }

  private setOrigin(origin: SharedOrigin): void {
    this.last = this.sequence
    for (const { sent } of this.audience) this.last = Math.max(this.last, sent)
    this.origin?.close()
    this.origin = origin
    for (const viewer of this.audience) viewer.behind = true
  }

  /** The viewers get frames of that tree. Where it began afresh, what they called on the one before is nothing to it. */
  shows(treeName: string): void {
    const isOther = this.treeName !== null && this.treeName !== treeName
    this.treeName = treeName
    if (!isOther) return
    this.firstOfTree = this.last + 1
    this.seat?.forwarded.lose()
  }

  /** What its viewers saw was not sure to be its tree: no call ran on it. */
  doubted(): void {
    this.treeName = null
  }

  /** A component that has it in its place is mounted; the returned function is to be called when it is gone. */
  hold(onFailure: (error: unknown) => void): () => void {
    clearTimeout(this.graceTimer)
    this.holders++
    this.failureListeners.add(onFailure)
    return () => {
      this.failureListeners.delete(onFailure)
      this.holders--
      this.checkUse()
    }
  }

  /** Nobody may want it any more. Where the tree is elsewhere, that server keeps it for a while. */
  checkUse(): void {
    clearTimeout(this.graceTimer)
    if (this.closed || this.holders > 0 || this.seat?.isFollowed) return
    const { graceMs } = this.request.definition
    this.graceTimer = setTimeout(() => this.close(), this.seat?.isFollower ? 0 : graceMs)
    this.graceTimer.unref()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.graceTimer)
    this.registry.forget(this)
    this.seat?.close()
    this.origin?.close()
    this.audience.close()
    this.readied()
  }

  join(viewer: Viewer): void {
    for (const root of this.inner.keys()) viewer.host.views.add(root)
    this.audience.add(viewer)
    this.bring(viewer)
  }

  leave(viewer: Viewer): void {
    this.audience.remove(viewer)
    this.origin?.forget(viewer)
    viewer.close()
    for (const root of this.inner.keys()) viewer.host.views.remove(root)
  }

  show(root: SharedRoot): void {
    const count = this.inner.get(root) ?? 0
    this.inner.set(root, count + 1)
    if (count === 0) for (const viewer of this.audience) viewer.host.views.add(root)
  }

  hide(root: SharedRoot, gone: () => void): void {
    gone()
    const count = this.inner.get(root) ?? 0
    if (count > 1) return void this.inner.set(root, count - 1)
    this.inner.delete(root)
    this.whenFlushed((sequence) => {
      for (const viewer of this.audience) viewer.whenShown(sequence, () => viewer.host.views.remove(root))
    })
  }

  bring(viewer: Viewer): void {
    if (this.closed) return
    viewer.behind = true
    this.origin?.bring(viewer)
  }

  afterFlush(callback: (sequence: number) => void): void {
    if (this.closed || this.origin === null) callback(this.sequence)
    else this.origin.afterFlush(callback)
  }

  whenFlushed(callback: (sequence: number) => void): void {
    if (this.closed || this.origin === null) callback(this.sequence)
    else this.origin.whenFlushed(callback)
  }

  /** True where it is known, and sure, which server has the tree. */
  private get isReady(): boolean {
    return this.closed || (this.origin !== null && (this.seat?.isReady ?? true))
  }

  /** It may be known by now. */
  readied(): void {
    if (this.isReady) for (const callback of this.waiting.splice(0)) callback()
  }

  /** Resolves when a viewer has a picture of whoever has the tree; null where it has. */
  readyFor(viewer: Viewer): Promise<void> | null {
    if (this.isReady && viewer.sent > this.last) return null
    return new Promise((resolve) => {
      const readied = () => viewer.whenSent(this.last + 1, resolve)
      if (this.isReady) readied()
      else this.waiting.push(readied)
    })
  }

  holds(slot: number, released: () => void): boolean {
    return this.origin?.holds(slot, released) ?? false
  }

  asCall(run: ServerFunction): ServerFunction {
    return this.origin?.asCall(run) ?? run
  }

  shownHandlers(slot: number, seen: number, lag: Lag): ShownHandlers | undefined {
    return this.origin?.shownHandlers(slot, seen, lag)
  }

  find(
    slot: number,
    path: string,
    seen: number,
    lag: Lag,
    shown?: ShownHandlers,
  ): ServerFunction | undefined {
    return frameSeen(seen) < this.firstOfTree ? undefined : this.origin?.find(slot, path, seen, lag, shown)
  }

  ranBefore(call: string): boolean {
    return this.origin?.ranBefore(call) ?? false
  }

  forward(slot: number, path: string, seen: number, lag: Lag): Forward | undefined {
    return this.origin?.forward(slot, path, seen, lag)
  }

  lists(id: string, lag: Lag): boolean {
    return this.origin?.lists(id, lag) ?? false
  }

  /** The error goes on where each viewer has the place, to the boundaries there. A later viewer begins afresh. */
  failed(error: unknown, componentStack: string): void {
    const where = { route: this.name, componentStack }
    const body = describeError(error, 'root_failed', this.registry.host.onError, where)
    // The calls that led to it are answered first.
    this.origin?.close()
    this.seat?.tellFailure(body)
    this.fail(reportedAs(error, body))
  }

  /** Ends it for everybody here, with an error that was reported. */
  fail(error: unknown): void {
    if (this.closed) return
    const listeners = [...this.failureListeners]
    this.close()
    for (const tell of listeners) tell(error)
  }
}
