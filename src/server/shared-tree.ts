import { randomBytes } from 'node:crypto'
import { createElement, type ReactElement } from 'react'
import { callId } from '../live/call-id.ts'
import { scheduleFlush } from '../live/flush-queue.ts'
import type { ShownHandlers } from '../live/handler-history.ts'
import { ServicesContext } from '../live/services.ts'
import { propsOf } from '../live/shared.ts'
import { LiveTree } from '../live/tree.ts'
import type { Lag, TreeObserver } from '../live/tree-observer.ts'
import type { TreeState } from '../live/tree-state.ts'
import type { Batch } from '../live/writes.ts'
import { encode } from '../protocol/codec.ts'
import type { Body } from '../protocol/messages.ts'
import { describeError } from './errors-out.ts'
import { encodeBatch, readOpening } from './flight/encode.ts'
import { listsFunction } from './listed-functions.ts'
import type { ServerFunction } from './server-functions.ts'
import { SharedFrame } from './shared-frame.ts'
import type { SharedOrigin } from './shared-origin.ts'
import type { SharedRoot } from './shared-root.ts'
import { PreparedMessage } from './transport.ts'
import type { Viewer } from './viewer.ts'

/** With so many frames not yet sent to everybody, the next one waits, and brings the newest state. */
const maxBacklog = 2

/** A name that no other tree has. */
export function newTreeName(): string {
  return randomBytes(6).toString('base64url')
}

/** Tells other servers what a tree shows. */
export interface TreeRelay {
  /** True where one wants its frames. */
  readonly follows: boolean
  /** The oldest frame that a viewer elsewhere may still show; `newest` where there is none. */
  oldestShown(newest: number): number
  frame(frame: SharedFrame, batch: Batch): void
  /** More of a frame's payload; null is its end. */
  chunk(stream: number, body: Body | null): void
  /** What can be sent has been sent. */
  flushed(): void
  /** Calls back when the others know of all that was sent so far, and could go on from there. */
  whenTold(callback: () => void): void
  /** Runs a call of a viewer here, unless it ran before, perhaps on another server. */
  callHere(id: string, call: () => unknown): unknown
  /** True for a call that ran before. */
  ranBefore(id: string): boolean
}

/** The tree of a shared root: it is rendered and encoded once for all its viewers. */
export class SharedTree implements TreeObserver, SharedOrigin {
  readonly tree: LiveTree
  isWaiting = false
  /** What tells other servers, where there may be some. */
  relay: TreeRelay | null = null
  private closed = false
  /** True while React's writer is at work, which it does in its own time. */
  private encoding = false
  private latestPicture: SharedFrame | null = null
  /** Who waits for a picture until that is done. */
  private readonly waitingForPicture = new Map<unknown, (picture: SharedFrame) => void>()
  private readonly waiting: ((sequence: number) => void)[] = []

  /**
   * @param name tells browsers whether it is the tree that they know.
   * @param state where other servers shall be able to go on with it.
   */
  constructor(
    private readonly root: SharedRoot,
    readonly name: string,
    state: TreeState | null = null,
  ) {
    this.tree = new LiveTree(this, `live${root.id}`, state)
  }

  get sequence(): number {
    return this.tree.sequence
  }

  mount(): void {
    const { registry, request } = this.root
    const value = registry.servicesFor(this.root)
    this.tree.mount(createElement(request.definition.View, propsOf(request)), (inner: ReactElement) =>
      createElement(ServicesContext, { value }, inner),
    )
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    try {
      this.tree.unmount()
    } catch (error) {
      describeError(error, 'root_failed', this.root.registry.host.onError, { route: this.root.name })
    }
    this.release()
  }

  bring(viewer: Viewer): void {
    this.whenPicture(viewer, (picture) => viewer.picture(picture))
  }

  forget(viewer: Viewer): void {
    this.waitingForPicture.delete(viewer)
  }

  /** Calls back with a picture of all that was sent. Of several calls for one, the last counts. */
  whenPicture(who: unknown, callback: (picture: SharedFrame) => void): void {
    if (this.closed) return
    // The picture must be of what was sent; so that it is of what is, that is sent first.
    if (!this.encoding) this.send()
    if (this.encoding) this.waitingForPicture.set(who, callback)
    else this.showPicture(callback)
  }

  private showPicture(callback: (picture: SharedFrame) => void): void {
    const { sequence } = this.tree
    if (this.latestPicture?.sequence === sequence) return callback(this.latestPicture)
    this.encode({ ...this.tree.picture(), treeName: this.name }, (frame) => {
      // Who comes later would miss what of the rest has come before.
      if (frame.stream === undefined) this.latestPicture = frame
      callback(frame)
    })
  }

  /** Nobody holds it up: who has not kept up gets a picture later. */
  flush(): void {
    if (this.closed || this.encoding) return
    const { audience } = this.root
    if (audience.size > 0 || this.relay?.follows) {
      if (audience.backlog > maxBacklog) return scheduleFlush(this)
      this.send()
    }
    if (this.encoding) return
    this.relay?.flushed()
    this.release()
  }

  private send(): void {
    const { tree, relay } = this
    const { audience } = this.root
    const { sequence } = tree
    const oldest = Math.min(audience.oldestShown(sequence), relay?.oldestShown(sequence) ?? sequence)
    tree.acknowledge(sequence, oldest)
    const batch = tree.collect()
    if (batch === null) return
    this.latestPicture = null
    if (!audience.follows && !relay?.follows) return
    this.encode(batch, (frame) => {
      relay?.frame(frame, batch)
      audience.publish((viewer) => viewer.frame(frame))
    })
  }

  /** What is plain is there at once; else nothing is sent until it is. */
  private encode(batch: Batch, use: (frame: SharedFrame) => void): void {
    try {
      const payload = encodeBatch(batch, this.root.registry.host.modules(), (error) => this.report(error))
      if (typeof payload === 'string') return use(new SharedFrame(this.root.id, batch.sequence, payload))
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
    const { id, registry } = this.root
    const { bytes, rest } = await readOpening(payload)
    if (rest === null) return use(new SharedFrame(id, sequence, bytes))
    const stream = registry.nextStream()
    use(new SharedFrame(id, sequence, bytes, stream))
    void this.sendRest(stream, rest)
  }

  private async sendRest(stream: number, rest: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const say = (message: PreparedMessage) => this.root.audience.publish((viewer) => viewer.chunk(message))
    try {
      for (let result = await rest.read(); !result.done; result = await rest.read()) {
        if (this.closed) return void rest.cancel()
        say(new PreparedMessage(encode({ type: 'chunk', stream, body: result.value })))
        this.relay?.chunk(stream, result.value)
      }
    } catch (error) {
      this.report(error)
    } finally {
      say(new PreparedMessage(encode({ type: 'end', stream })))
      this.relay?.chunk(stream, null)
    }
  }

  private encoded(): void {
    this.encoding = false
    const waiting = [...this.waitingForPicture]
    this.waitingForPicture.clear()
    for (const [who, callback] of waiting) this.whenPicture(who, callback)
    this.flush()
  }

  afterFlush(callback: (sequence: number) => void): void {
    if (this.closed) return callback(this.sequence)
    this.waiting.push(callback)
    scheduleFlush(this)
  }

  whenFlushed(callback: (sequence: number) => void): void {
    if (this.closed || !(this.tree.dirty || this.encoding)) callback(this.sequence)
    else this.afterFlush(callback)
  }

  /** What a call did must not be lost any more when the call is answered. */
  private release(): void {
    const { relay, sequence } = this
    const waiting = this.waiting.splice(0)
    if (waiting.length === 0) return
    const release = () => {
      for (const callback of waiting) callback(sequence)
    }
    if (relay === null || this.closed) release()
    else relay.whenTold(release)
  }

  shownHandlers(slot: number, seen: number, lag: Lag): ShownHandlers | undefined {
    return this.tree.shownHandlers(slot, seen, lag)
  }

  find(
    slot: number,
    path: string,
    seen: number,
    lag: Lag,
    shown?: ShownHandlers,
  ): ServerFunction | undefined {
    const handler = this.tree.findHandler(slot, path, seen, lag, shown)
    return handler && ((...args) => this.tree.run(path, () => handler(...args)))
  }

  forward(): undefined {}

  holds(slot: number, released: () => void): boolean {
    return this.tree.holds(slot, released)
  }

  asCall(run: ServerFunction): ServerFunction {
    const { relay } = this
    return relay === null ? run : (...args) => relay.callHere(callId(), () => run(...args))
  }

  ranBefore(id: string): boolean {
    return this.relay?.ranBefore(id) ?? false
  }

  lists(id: string, { shown }: Lag): boolean {
    return listsFunction(this.tree, shown, this.root.registry.host.modules(), id)
  }

  private report(error: unknown): string | undefined {
    return describeError(error, 'root_failed', this.root.registry.host.onError, { route: this.root.name })
      .digest
  }

  caught(error: unknown, componentStack: string): void {
    const where = { route: this.root.name, componentStack }
    describeError(error, 'boundary_caught', this.root.registry.host.onError, where)
  }

  failed(error: unknown, componentStack: string): void {
    if (!this.closed) this.root.failed(error, componentStack)
  }
}
