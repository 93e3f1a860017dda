import { type Flushable, scheduleFlush } from '../live/flush-queue.ts'
import type { Viewer } from './viewer.ts'

/** Longer than this in one go, and the sockets of others would notice. */
const sliceMs = 6
/** Reading the clock costs a part of what sending does. */
const sendsPerLook = 16

interface Delivery {
  readonly send: (viewer: Viewer) => void
  readonly viewers: readonly Viewer[]
  next: number
}

/**
 * The viewers of a shared root. Thousands of them get a message in slices, and other things are done between; each gets
 * the messages in order.
 */
export class Audience implements Flushable {
  isWaiting = false
  private readonly viewers = new Set<Viewer>()
  private readonly queue: Delivery[] = []

  get size(): number {
    return this.viewers.size
  }

  [Symbol.iterator](): IterableIterator<Viewer> {
    return this.viewers[Symbol.iterator]()
  }

  /** Messages that have not gone to everybody yet. */
  get backlog(): number {
    return this.queue.length
  }

  /** True where somebody has all that was sent, and so can take a frame. */
  get follows(): boolean {
    for (const viewer of this.viewers) if (!viewer.behind) return true
    return false
  }

  add(viewer: Viewer): void {
    this.viewers.add(viewer)
  }

  remove(viewer: Viewer): void {
    this.viewers.delete(viewer)
  }

  /** The oldest frame that one of them may still have on its screen; `newest` where there are none. */
  oldestShown(newest: number): number {
    let oldest = newest
    for (const { shown } of this.viewers) if (shown < oldest) oldest = shown
    return oldest
  }

  /** Calls `send` for everybody who is here now. */
  publish(send: (viewer: Viewer) => void): void {
    this.queue.push({ send, viewers: [...this.viewers], next: 0 })
    if (this.queue.length === 1) this.flush()
  }

  /** One slice. */
  flush(): void {
    const end = performance.now() + sliceMs
    for (let delivery = this.queue[0]; delivery !== undefined; delivery = this.queue[0]) {
      const { send, viewers } = delivery
      while (delivery.next < viewers.length) {
        send(viewers[delivery.next++] as Viewer)
        if (delivery.next % sendsPerLook === 0 && performance.now() > end) return scheduleFlush(this)
      }
      this.queue.shift()
    }
  }

  close(): void {
    this.queue.length = 0
    for (const viewer of this.viewers) viewer.close()
    this.viewers.clear()
  }
}
