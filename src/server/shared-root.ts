import { createElement, type ReactElement } from 'react'
import { scheduleFlush } from '../live/flush-queue.ts'
import { ServicesContext } from '../live/services.ts'
import type { SharedRequest } from '../live/shared.ts'
import { type Lag, LiveTree, type TreeObserver } from '../live/tree.ts'
import type { Batch } from '../live/writes.ts'
import { encode } from '../protocol/codec.ts'
import { Audience } from './audience.ts'
import { describeError, reportedAs } from './errors-out.ts'
import { encodeBatch, readOpening } from './flight/encode.ts'
import { listsFunction } from './listed-functions.ts'
import type { ServerFunction } from './server-functions.ts'
import { SharedFrame } from './shared-frame.ts'
import type { Holder, SharedRoots } from './shared-roots.ts'
import { PreparedMessage } from './transport.ts'
import type { Viewer } from './viewer.ts'

/** With so many frames not yet sent to everybody, the next one waits, and brings the newest state. */
const maxBacklog = 2

/** One instance of a shared component: a live tree that is rendered and encoded once for all its viewers. */
export class SharedRoot implements TreeObserver, Holder {
  private readonly tree: LiveTree
  readonly audience = new Audience()
  /** The shared roots that have a place in this one, with how many: who sees this one sees them. */
  private readonly inner = new Map<SharedRoot, number>()
  private readonly failureListeners = new Set<(error: unknown) => void>()
  private holders = 0
  private graceTimer: NodeJS.Timeout | undefined
  private mounted = false
  private closed = false
  /** True while React's writer is at work, which it does in its own time. */
  private encoding = false
  private latestPicture: SharedFrame | null = null
  /** Viewers that wait for a picture until that is done. */
  private readonly waitingForPicture = new Set<Viewer>()
  private readonly waiting: ((sequence: number) => void)[] = []

  constructor(
    private readonly registry: SharedRoots,
    readonly id: number,
    private readonly request: SharedRequest,
  ) {
    this.tree = new LiveTree(this, `live${id}`)
  }

  get name(): string {
    return `shared ${this.request.definition.name}`
  }

  /** Renders it, if that has not happened yet. */
  mount(): void {
    if (this.mounted || this.closed) return
    this.mounted = true
    const { definition, props } = this.request
    const value = this.registry.servicesFor(this)
    this.tree.mount(createElement(definition.View, props), (inner: ReactElement) =>
      createElement(ServicesContext, { value }, inner),
    )
    // The places in it are found by those who join it.
    this.registry.takeSteps()
  }

  /** A component that has it in its place is mounted; the returned function is to be called when it is gone. */
  hold(onFailure: (error: unknown) => void): () => void {
    clearTimeout(this.graceTimer)
    this.holders++
    this.failureListeners.add(onFailure)
    return () => {
      this.failureListeners.delete(onFailure)
      if (--this.holders > 0 || this.closed) return
      this.graceTimer = setTimeout(() => this.close(), this.request.definition.graceMs)
      this.graceTimer.unref()
    }
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.graceTimer)
    this.registry.forget(this, this.request)
    try {
      this.tree.unmount()
    } catch (error) {
      describeError(error, 'root_failed', this.registry.host.onError, { route: this.name })
    }
    this.audience.close()
    this.release()
  }

  join(viewer: Viewer): void {
    for (const root of this.inner.keys()) viewer.host.views.add(root)
    this.audience.add(viewer)
    this.bring(viewer)
  }

  leave(viewer: Viewer): void {
    this.audience.remove(viewer)
    this.waitingForPicture.delete(viewer)
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

  /** Gives a viewer the whole picture, from which on it gets every frame. */
  bring(viewer: Viewer): void {
    if (this.closed) return
    viewer.behind = true
    // The picture must be of what was sent; so that it is of what is, that is sent first.
    if (!this.encoding) this.send()
    if (this.encoding) this.waitingForPicture.add(viewer)
    else this.showPicture([viewer])
  }

  private showPicture(viewers: Iterable<Viewer>): void {
    const { sequence } = this.tree
    if (this.latestPicture?.sequence === sequence) return this.give(this.latestPicture, viewers)
    const behind = [...viewers]
    this.encode(this.tree.picture(), (frame) => {
      this.latestPicture = frame
      this.give(frame, behind)
    })
  }

  private give(picture: SharedFrame, viewers: Iterable<Viewer>): void {
    for (const viewer of viewers) viewer.picture(picture)
  }

  /** Nobody holds it up: who has not kept up gets a picture later. */
  flush(): void {
    if (this.closed || this.encoding) return
    if (this.audience.size > 0) {
      if (this.audience.backlog > maxBacklog) return scheduleFlush(this)
      this.send()
    }
    if (!this.encoding) this.release()
  }

  private send(): void {
    const { tree, audience } = this
    tree.acknowledge(tree.sequence, audience.oldestShown(tree.sequence))
    const batch = tree.collect()
    if (batch === null) return
    this.latestPicture = null
    if (audience.follows) this.encode(batch, (frame) => audience.publish((viewer) => viewer.frame(frame)))
  }

  /** What is plain is there at once; else nothing is sent until it is. */
  private encode(batch: Batch, use: (frame: SharedFrame) => void): void {
    try {
      const payload = encodeBatch(batch, this.registry.host.modules(), (error) => this.report(error))
      if (typeof payload === 'string') return use(new SharedFrame(this.id, batch.sequence, payload))
      this.encoding = true
      this.encodeSlowly(payload, batch.sequence, use).then(
        () => this.encoded(),
        (error: unknown) => this.failed(error, ''),
      )
    } catch (error) {
      this.failed(error, '')
    }
  }

  private async encodeSlowly(
    payload: ReadableStream<Uint8Array>,
    sequence: number,
    use: (frame: SharedFrame) => void,
  ): Promise<void> {
    const { bytes, rest } = await readOpening(payload)
    if (rest === null) return use(new SharedFrame(this.id, sequence, bytes))
    const stream = this.registry.nextStream()
    use(new SharedFrame(this.id, sequence, bytes, stream))
    void this.sendRest(stream, rest)
  }

  private async sendRest(stream: number, rest: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const say = (message: PreparedMessage) => this.audience.publish((viewer) => viewer.chunk(message))
    try {
      for (let result = await rest.read(); !result.done; result = await rest.read()) {
        if (this.closed) return void rest.cancel()
        say(new PreparedMessage(encode({ type: 'chunk', stream, body: result.value })))
      }
    } catch (error) {
      this.report(error)
    } finally {
      say(new PreparedMessage(encode({ type: 'end', stream })))
    }
  }

  private encoded(): void {
    this.encoding = false
    const waiting = [...this.waitingForPicture]
    this.waitingForPicture.clear()
    for (const viewer of waiting) this.bring(viewer)
    this.flush()
  }

  /** Calls back in the next flush, with the number of the frame that has all that changed until then. */
  afterFlush(callback: (sequence: number) => void): void {
    if (this.closed) return callback(this.tree.sequence)
    this.waiting.push(callback)
    scheduleFlush(this)
  }

  /** Calls back with the number of the frame that has all that changed so far, when it was made. */
  whenFlushed(callback: (sequence: number) => void): void {
    if (this.closed || !(this.tree.dirty || this.encoding)) callback(this.tree.sequence)
    else this.afterFlush(callback)
  }

  private release(): void {
    for (const callback of this.waiting.splice(0)) callback(this.tree.sequence)
  }

  find(slot: number, path: string, seen: number, lag: Lag): ServerFunction | undefined {
    const handler = this.tree.findHandler(slot, path, seen, lag)
    return handler && ((...args) => this.tree.run(path, () => handler(...args)))
  }

  lists(id: string, { shown }: Lag): boolean {
    return listsFunction(this.tree, shown, this.registry.host.modules(), id)
  }

  private report(error: unknown): string | undefined {
    return describeError(error, 'root_failed', this.registry.host.onError, { route: this.name }).digest
  }

  caught(error: unknown, componentStack: string): void {
    const where = { route: this.name, componentStack }
    describeError(error, 'boundary_caught', this.registry.host.onError, where)
  }

  /** The error goes on where each viewer has the place, to the boundaries there. A later viewer begins afresh. */
  failed(error: unknown, componentStack: string): void {
    if (this.closed) return
    const where = { route: this.name, componentStack }
    const failure = reportedAs(error, describeError(error, 'root_failed', this.registry.host.onError, where))
    const listeners = [...this.failureListeners]
    this.close()
    for (const tell of listeners) tell(failure)
  }
}
