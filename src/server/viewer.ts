import type { ShownHandlers } from '../live/handler-history.ts'
import type { Lag } from '../live/tree-observer.ts'
import type { LiveLimits } from './limits.ts'
import type { Screen } from './screen.ts'
import type { ServerFunction } from './server-functions.ts'
import type { SharedFrame } from './shared-frame.ts'
import type { Forward } from './shared-origin.ts'
import type { SharedRoot } from './shared-root.ts'
import type { SharedViews } from './shared-views.ts'
import type { PreparedMessage } from './transport.ts'

/** What a viewer uses of its session. */
export interface ViewerHost {
  readonly limits: Readonly<LiveLimits>
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: number
  /** The shared roots that the session sees. */
  readonly views: SharedViews
  sendPrepared(message: PreparedMessage): void
}

interface Waiting {
  readonly sequence: number
  readonly callback: () => void
}

/**
 * One session as a viewer of a shared root: what was sent to it, and what it acknowledged. It gets every frame, none
 * twice; when it does not keep up it gets none, and later a fresh picture.
 */
export class Viewer implements Screen, Lag {
  /** The last frame that was sent to it. */
  sent = 0
  shown = 0
  private received = 0
  /** True until it has a picture, and again when frames were kept from it. */
  behind = true
  ofAction = false
  closed = false
  private waitingForSent: Waiting[] = []
  private waitingForShown: Waiting[] = []

  constructor(
    private readonly root: SharedRoot,
    readonly host: ViewerHost,
  ) {}

  get route(): string {
    return this.root.name
  }

  get sequence(): number {
    return this.sent
  }

  /** Gets a frame, unless it has it already or must not get more. */
  frame(frame: SharedFrame): void {
    if (this.closed || this.behind || frame.sequence <= this.sent) return
    if (this.hasRoom) this.deliver(frame)
    else this.behind = true
  }

  /** Gets what all that was sent so far amounts to. */
  picture(picture: SharedFrame): void {
    if (this.closed) return
    const { sequence } = picture
    // What it showed before, it shows until this has come.
    if (this.sent === 0) this.shown = sequence
    this.received = Math.max(this.received, sequence - 1)
    this.behind = false
    this.deliver(picture)
  }

  /** The browser has nothing of it any more, and gets a picture. */
  restart(): void {
    this.sent = 0
    this.shown = 0
    this.received = 0
    if (!this.closed) this.root.bring(this)
  }

  /** More of a frame's payload. A browser that does not have the frame takes no notice. */
  chunk(message: PreparedMessage): void {
    if (!this.closed && this.sent > 0) this.host.sendPrepared(message)
  }

  private deliver(frame: SharedFrame): void {
    this.sent = frame.sequence
    this.host.sendPrepared(this.ofAction ? frame.ofAction : frame.message)
    this.ofAction = false
    this.waitingForSent = callReached(this.waitingForSent, this.sent)
  }

  private get hasRoom(): boolean {
    const { limits, bufferedBytes } = this.host
    return this.sent - this.received < limits.maxUnackedFrames && bufferedBytes <= limits.maxBufferedBytes
  }

  acknowledge(received: number, shown: number): void {
    if (received > this.sent || shown > received) return
    this.received = Math.max(this.received, received)
    this.shown = Math.max(this.shown, shown)
    this.waitingForShown = callReached(this.waitingForShown, this.shown)
    this.wake()
  }

  /** There may be room again: a viewer that is behind gets its picture when it has taken most of what was sent. */
  wake(): void {
    if (!this.behind || this.closed || this.sent === 0) return
    const { limits, bufferedBytes } = this.host
    const hasCaughtUp = this.sent - this.received <= limits.maxUnackedFrames / 2
    if (hasCaughtUp && bufferedBytes <= limits.maxBufferedBytes / 2) this.root.bring(this)
  }

  /** Calls back when the browser has this frame on its way, or never will. */
  whenSent(sequence: number, callback: () => void): void {
    if (this.closed || this.sent >= sequence) callback()
    else this.waitingForSent.push({ sequence, callback })
  }

  /** Calls back when the browser has this frame on its screen, or never will. */
  whenShown(sequence: number, callback: () => void): void {
    if (this.closed || this.shown >= sequence) callback()
    else this.waitingForShown.push({ sequence, callback })
  }

  get ready(): Promise<void> | null {
    return this.root.readyFor(this)
  }

  holds(slot: number, released: () => void): boolean {
    return this.root.holds(slot, released)
  }

  asCall(run: ServerFunction): ServerFunction {
    return this.root.asCall(run)
  }

  /** Whoever has the tree knows which calls ran. */
  readonly logsCalls = true

  ranBefore(call: string): boolean {
    return this.root.ranBefore(call)
  }

  shownHandlers(slot: number, seen: number): ShownHandlers | undefined {
    return this.root.shownHandlers(slot, seen, this)
  }

  find(slot: number, path: string, seen: number, shown?: ShownHandlers): ServerFunction | undefined {
    return this.root.find(slot, path, seen, this, shown)
  }

  forward(slot: number, path: string, seen: number): Forward | undefined {
    return this.root.forward(slot, path, seen, this)
  }

  lists(id: string): boolean {
    return this.root.lists(id, this)
  }

  afterFlush(callback: () => void): void {
    this.root.afterFlush((sequence) => this.whenSent(sequence, callback))
  }

  whenFlushed(callback: () => void): void {
    this.root.whenFlushed((sequence) => this.whenSent(sequence, callback))
  }

  /** It gets nothing any more. */
  close(): void {
    this.closed = true
    for (const { callback } of this.waitingForSent.splice(0)) callback()
    for (const { callback } of this.waitingForShown.splice(0)) callback()
  }
}

function callReached(waiting: Waiting[], sequence: number): Waiting[] {
  if (waiting.length === 0) return waiting
  const reached = waiting.filter((each) => each.sequence <= sequence)
  const rest = waiting.filter((each) => each.sequence > sequence)
  for (const { callback } of reached) callback()
  return rest
}
