import { randomBytes } from 'node:crypto'
import { LiverootError } from '../errors.ts'
import {
  type Bus,
  type BusListener,
  type BusMessage,
  type BusSettings,
  type BusState,
  type BusSubscription,
  fromOldest,
} from './bus.ts'
import { checkPattern, checkTopic, isWildcard, matchesTopic } from './topic-names.ts'

/** What {@link memoryBus} takes. */
export interface MemoryBusOptions {
  /** What several buses of one process share, so that the servers in it hear each other. One of its own by default. */
  readonly hub?: MemoryHub
}

/**
 * The bus of a single process, which is what a server has by default. History is kept as long as the process lives.
 *
 * @returns the bus, for `createLiveServer`.
 */
export function memoryBus(options: MemoryBusOptions = {}): Bus {
  return new MemoryBus(options.hub ?? new MemoryHub(), options.hub === undefined)
}

/** Topics with history that a hub remembers; of the others it forgets the one that was published to longest ago. */
const mostTopics = 10_000

interface Kept {
  readonly number: number
  readonly topic: string
  readonly text: string
}

/** What the buses of one process share. */
export class MemoryHub {
  private readonly id = randomBytes(6).toString('hex')
  private last = 0
  /** The newest message of the topics that were forgotten. */
  private forgotten = 0
  private readonly histories = new Map<string, Kept[]>()
  private readonly exact = new Map<string, Set<MemorySubscription>>()
  private readonly wild = new Set<MemorySubscription>()
  private readonly queue: { message: BusMessage; to: MemorySubscription[] }[] = []
  private delivering = false

  get now(): string {
    return this.positionOf(this.last)
  }

  private positionOf(number: number): string {
    return `${this.id}.${number}`
  }

  publish(topic: string, text: string, history: number): void {
    const number = ++this.last
    if (history > 0) this.keep({ number, topic, text }, history)
    const to = [...(this.exact.get(topic) ?? [])]
    for (const each of this.wild) if (matchesTopic(each.pattern, topic)) to.push(each)
    if (to.length === 0) return
    this.queue.push({ message: { topic, text, position: history > 0 ? this.positionOf(number) : null }, to })
    this.deliver()
  }

  /** One after the other, for a listener that publishes must not get ahead of the others. */
  private deliver(): void {
    if (this.delivering) return
    this.delivering = true
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      for (const subscription of next.to) subscription.take(next.message)
    }
    this.delivering = false
  }

  /** One more than asked for, so that it is seen whether more have come than are kept. */
  private keep(message: Kept, history: number): void {
    const kept = this.histories.get(message.topic) ?? []
    this.histories.delete(message.topic)
    this.histories.set(message.topic, kept)
    kept.push(message)
    if (kept.length > history + 1) kept.splice(0, kept.length - history - 1)
    if (this.histories.size <= mostTopics) return
    const [oldest, messages] = this.histories.entries().next().value as [string, Kept[]]
    this.histories.delete(oldest)
    this.forgotten = Math.max(this.forgotten, messages.at(-1)?.number ?? 0)
  }

  /** What came after a position. */
  read(
    pattern: string,
    from: string,
    history: (topic: string) => number,
  ): { gap: boolean; messages: BusMessage[] } {
    const after = from === fromOldest ? 0 : this.numberOf(from)
    if (after === null) return { gap: true, messages: [] }
    let gap = from !== fromOldest && after < this.forgotten
    const found: Kept[] = []
    const topics = isWildcard(pattern) ? this.histories.keys() : [pattern]
    for (const topic of topics) {
      if (!matchesTopic(pattern, topic)) continue
      const newer = (this.histories.get(topic) ?? []).filter(({ number }) => number > after)
      const most = history(topic)
      if (newer.length > most && from !== fromOldest) gap = true
      found.push(...newer.slice(-most))
    }
    found.sort((a, b) => a.number - b.number)
    return {
      gap,
      messages: found.map(({ topic, text, number }) => ({ topic, text, position: this.positionOf(number) })),
    }
  }

  private numberOf(position: string): number | null {
    const [id, number] = position.split('.')
    return id === this.id && number !== undefined ? Number(number) : null
  }

  add(subscription: MemorySubscription): void {
    if (isWildcard(subscription.pattern)) return void this.wild.add(subscription)
    const { pattern } = subscription
    const others = this.exact.get(pattern)
    if (others === undefined) this.exact.set(pattern, new Set([subscription]))
    else others.add(subscription)
  }

  delete(subscription: MemorySubscription): void {
    this.wild.delete(subscription)
    const others = this.exact.get(subscription.pattern)
    others?.delete(subscription)
    if (others?.size === 0) this.exact.delete(subscription.pattern)
  }
}

class MemoryBus implements Bus {
  state: BusState = 'waiting'
  private readonly subscriptions = new Set<MemorySubscription>()
  private settings: BusSettings = { history: () => 0, onError() {} }

  constructor(
    private readonly hub: MemoryHub,
    readonly alone: boolean,
  ) {}

  async start(settings: BusSettings): Promise<void> {
    if (this.state === 'closed') throw new LiverootError('bus_closed')
    this.settings = settings
    this.state = 'connected'
  }

  async publish(topic: string, text: string): Promise<void> {
    if (this.state === 'closed') throw new LiverootError('bus_closed')
    checkTopic(topic)
    this.hub.publish(topic, text, this.settings.history(topic))
  }

  subscribe(pattern: string, from: string | null, listener: BusListener): BusSubscription {
    checkPattern(pattern)
    const history = this.settings.history(pattern) > 0
    const subscription = new MemorySubscription(pattern, listener, history ? this.hub.now : null, () => {
      this.hub.delete(subscription)
      this.subscriptions.delete(subscription)
    })
    if (this.state === 'closed') {
      void subscription.end()
      return subscription
    }
    this.subscriptions.add(subscription)
    this.hub.add(subscription)
    if (from !== null)
      subscription.catchUp(history ? this.hub.read(pattern, from, this.settings.history) : null)
    return subscription
  }

  async position(pattern: string): Promise<string | null> {
    checkPattern(pattern)
    return this.settings.history(pattern) > 0 ? this.hub.now : null
  }

  async close(): Promise<void> {
    this.state = 'closed'
    for (const subscription of this.subscriptions) void subscription.end()
  }
}

class MemorySubscription implements BusSubscription {
  live = true
  ready = Promise.resolve()
  private ended = false
  /** What comes while history is waiting to be delivered. */
  private waiting: BusMessage[] | null = null

  constructor(
    readonly pattern: string,
    private readonly listener: BusListener,
    private at: string | null,
    private readonly leave: () => void,
  ) {}

  get position(): string | null {
    return this.live ? this.at : null
  }

  /** In a later turn, for a listener must not be called before its subscription is known. */
  catchUp(read: { gap: boolean; messages: BusMessage[] } | null): void {
    this.live = false
    this.waiting = read?.messages ?? []
    this.ready = Promise.resolve().then(() => {
      if (this.ended) return
      if (read?.gap !== false) this.listener.gap()
      const waiting = this.waiting ?? []
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) this.pass(next)
      this.waiting = null
      this.live = true
    })
  }

  take(message: BusMessage): void {
    if (this.waiting === null) this.pass(message)
    else this.waiting.push(message)
  }

  private pass(message: BusMessage): void {
    if (this.ended) return
    // A pattern of topics with and without history has no place to go back to.
    if (this.at === null) return this.listener.message({ ...message, position: null })
    this.at = message.position
    this.listener.message(message)
  }

  async end(): Promise<void> {
    this.ended = true
    this.live = false
    this.leave()
  }
}
