import type { Topics } from '../live/services.ts'

type Listener = (data: unknown) => void

interface Delivery {
  readonly topic: string
  readonly data: unknown
  /** The subscribers when the message was published; those that have left since are passed over. */
  readonly listeners: readonly Listener[]
  readonly subscribed: ReadonlySet<Listener>
  next: number
}

/** A slice is made as large as it can be without holding the event loop much longer than this. */
const sliceMs = 8
const firstSlice = 64

/**
 * Topics within one process. A message to thousands of subscribers is delivered in slices, and sockets are served
 * between them; order per topic is kept.
 */
export class MemoryTopics implements Topics {
  private readonly topics = new Map<string, Set<Listener>>()
  private readonly queue: Delivery[] = []
  private running = false
  private sliceSize = firstSlice

  /** `onListenerError` hears of a subscriber that throws; the others get the message all the same. */
  constructor(private readonly onListenerError: (error: unknown, topic: string) => void) {}

  publish(topic: string, data: unknown): void {
    const listeners = this.topics.get(topic)
    if (listeners === undefined) return
    this.queue.push({ topic, data, listeners: [...listeners], subscribed: listeners, next: 0 })
    if (this.running) return
    this.running = true
    queueMicrotask(() => this.slice())
  }

  subscribe(topic: string, listener: Listener): () => void {
    let listeners = this.topics.get(topic)
    if (listeners === undefined) {
      listeners = new Set()
      this.topics.set(topic, listeners)
    }
    // A function of its own, for the same one may subscribe twice.
    const own: Listener = (data) => listener(data)
    listeners.add(own)
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.topics.get(topic) === listeners) this.topics.delete(topic)
    }
  }

  private slice(): void {
    const start = performance.now()
    let left = this.sliceSize
    while (left > 0 && this.queue.length > 0) {
      const delivery = this.queue[0] as Delivery
      const end = Math.min(delivery.listeners.length, delivery.next + left)
      left -= end - delivery.next
      while (delivery.next < end) this.deliver(delivery, delivery.listeners[delivery.next++] as Listener)
      if (delivery.next === delivery.listeners.length) this.queue.shift()
    }
    if (this.queue.length === 0) {
      this.running = false
      return
    }
    // The next slice starts after what this one caused has been rendered, so the time between tells its true cost.
    setImmediate(() => {
      const took = performance.now() - start
      const size = Math.round((this.sliceSize * sliceMs) / Math.max(took, 1))
      this.sliceSize = Math.min(1024, Math.max(16, size))
      this.slice()
    })
  }

  private deliver({ topic, data, subscribed }: Delivery, listener: Listener): void {
    if (!subscribed.has(listener)) return
    try {
      listener(data)
    } catch (error) {
      this.onListenerError(error, topic)
    }
  }
}
