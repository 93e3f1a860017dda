interface Delivery<Item, Receiver> {
  readonly item: Item
  /** Those who were to get it when it came. */
  readonly receivers: readonly Receiver[]
  next: number
}

/** A slice is made as large as it can be without holding the event loop much longer than this. */
const sliceMs = 8
const firstSlice = 64
/** What so many trees allocate until they are rendered and sent still fits into the caches of a processor. */
const mostPerSlice = 64

/**
 * Delivers items one after the other, each to its receivers. One that thousands are to get is delivered in slices, and
 * sockets are served between them.
 */
export class SlicedDelivery<Item, Receiver> {
  private readonly queue: Delivery<Item, Receiver>[] = []
  private running = false
  private sliceSize = firstSlice

  /** `deliver` must not throw. */
  constructor(private readonly deliver: (item: Item, receiver: Receiver) => void) {}

  add(item: Item, receivers: readonly Receiver[]): void {
    if (receivers.length === 0) return
    this.queue.push({ item, receivers, next: 0 })
    if (this.running) return
    this.running = true
    queueMicrotask(() => this.slice())
  }

  private slice(): void {
    const start = performance.now()
    let left = this.sliceSize
    let finished = 0
    while (left > 0 && finished < this.queue.length) {
      const delivery = this.queue[finished] as Delivery<Item, Receiver>
      const { item, receivers } = delivery
      const end = Math.min(receivers.length, delivery.next + left)
      left -= end - delivery.next
      while (delivery.next < end) this.deliver(item, receivers[delivery.next++] as Receiver)
      if (delivery.next === receivers.length) finished++
    }
    this.queue.splice(0, finished)
    if (this.queue.length === 0) {
      this.running = false
      return
    }
    // The next slice starts after what this one caused has been rendered, so the time between tells its true cost.
    setImmediate(() => {
      const took = performance.now() - start
      const size = Math.round((this.sliceSize * sliceMs) / Math.max(took, 1))
      this.sliceSize = Math.min(mostPerSlice, Math.max(16, size))
      this.slice()
    })
  }
}
