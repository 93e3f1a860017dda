import { type HeldTopic, type Holding, letsGo, type WatchedTopic } from '../live/holding.ts'
import type { Place, TopicListener } from '../live/services.ts'
import type { Bus, BusMessage, BusSubscription } from './bus.ts'
import type { SlicedDelivery } from './sliced-delivery.ts'

/** A message as subscribers get it, decoded once for all of them; null tells that some may be missing. */
export type TopicItem = {
  readonly topic: string
  readonly data: unknown
  readonly position: string | null
} | null

/** An item and those after it: as long as somebody remembers a link, all after it can be had. */
interface Link {
  readonly item: TopicItem
  next: Link | null
}

/** What a place stands for as long as the feed that it was taken from lives. */
export interface Mark {
  readonly feed: TopicFeed
  readonly link: Link
  /** The engine did not deliver yet when the mark was taken. */
  readonly early: boolean
}

/** What items are delivered to. */
export interface Receiver {
  receive(item: TopicItem): void
}

/** One component's subscription. */
export class Subscriber implements Receiver {
  ended = false
  /** Positions that came as history already, and may come once more. */
  private seen: ReadonlySet<string> | null = null
  /** Takes what the engine kept. */
  readonly ofHistory: Receiver = { receive: (item) => this.pass(item) }

  constructor(
    readonly place: Place,
    private readonly listener: TopicListener,
  ) {}

  hasSeen(positions: ReadonlySet<string>): void {
    this.seen = positions
  }

  receive(item: TopicItem): void {
    if (item !== null && item.position !== null && this.seen !== null) {
      if (this.seen.has(item.position)) return
      this.seen = null
    }
    this.pass(item)
  }

  private pass(item: TopicItem): void {
    if (this.ended) return
    if (item === null) return this.listener.gap()
    if (item.position !== null) this.place.position = item.position
    this.listener.message(item.data, { topic: item.topic })
  }
}

/** What a feed uses of the topics that it belongs to. */
export interface FeedHost {
  readonly bus: Bus
  readonly delivery: SlicedDelivery<TopicItem, Receiver>
  decode(message: BusMessage): TopicItem | undefined
  /** Nobody listens, and nobody has for a while. */
  idle(feed: TopicFeed): void
}

/** Stands where subscribers of a tree that sleeps were. There may be many: it is all that they leave behind. */
class TopicWatcher implements Receiver, WatchedTopic {
  constructor(
    private readonly feed: TopicFeed,
    private readonly mark: Mark,
    private readonly heard: () => void,
  ) {}

  receive(): void {
    this.heard()
  }

  get settled(): Promise<void> {
    return this.feed.settled()
  }

  join(place: Place, listener: TopicListener): () => void {
    const subscriber = new Subscriber(place, listener)
    this.feed.join(subscriber, this.mark)
    return this.feed.leaving(subscriber)
  }

  release(): void {
    this.feed.leave(this)
  }
}

/** How long a feed goes on without subscribers: the time between a render and its effects, and a reconnect, is shorter. */
const lingerMs = 10_000

/** The one subscription of this process to a pattern, however many components listen. */
export class TopicFeed implements HeldTopic {
  private tail: Link = { item: null, next: null }
  private readonly subscribers = new Set<Receiver>()
  private readonly subscription: BusSubscription
  private readonly earlyPlaces = new Set<Place>()
  private readonly catchUps = new Map<string, Promise<CaughtUp>>()
  private linger: NodeJS.Timeout | undefined
  heardAt = Number.NEGATIVE_INFINITY
  private readonly holding: Holding = { handOver: (to) => to.topic(this) }
  closed = false

  constructor(
    private readonly host: FeedHost,
    readonly pattern: string,
  ) {
    this.subscription = host.bus.subscribe(pattern, null, {
      message: (message) => this.append(host.decode(message)),
      gap: () => this.append(null),
    })
    if (!this.subscription.live) void this.subscription.ready.then(() => this.becomeLive())
  }

  private append(item: TopicItem | undefined): void {
    if (item === undefined) return
    this.heardAt = performance.now()
    const link = { item, next: null }
    this.tail.next = link
    this.tail = link
    this.host.delivery.add(item, [...this.subscribers])
  }

  private becomeLive(): void {
    for (const place of this.earlyPlaces) place.position ??= this.subscription.position
    this.earlyPlaces.clear()
  }

  /** Remembers where the feed is, for a component that will subscribe after its render. */
  mark(place: Place): Mark {
    this.lingerOn()
    const { live, position } = this.subscription
    place.position = position
    if (!live) this.earlyPlaces.add(place)
    return { feed: this, link: this.tail, early: !live }
  }

  /** Everything after a mark, and whatever comes. */
  join(subscriber: Subscriber, { link, early }: Mark): void {
    if (early) void this.subscription.ready.then(() => this.host.delivery.add(null, [subscriber]))
    this.deliverAfter(link, subscriber)
    this.subscribers.add(subscriber)
    clearTimeout(this.linger)
  }

  /** For one that has been elsewhere, and whose topic has no positions. */
  joinLate(subscriber: Subscriber): void {
    this.host.delivery.add(null, [subscriber])
    this.join(subscriber, { feed: this, link: this.tail, early: false })
  }

  private deliverAfter(link: Link, subscriber: Subscriber): void {
    for (let next = link.next; next !== null; next = next.next)
      this.host.delivery.add(next.item, [subscriber])
  }

  /** What the engine keeps after a position, and whatever comes. */
  async joinFrom(subscriber: Subscriber, position: string): Promise<void> {
    const { link, items, positions } = await this.catchUp(position)
    this.lingerOn()
    if (subscriber.ended || this.closed) return
    for (const item of items) this.host.delivery.add(item, [subscriber.ofHistory])
    subscriber.hasSeen(positions)
    this.join(subscriber, { feed: this, link, early: false })
  }

  /** Those who come from the same place together, as after a lost server, have one reading. */
  private catchUp(position: string): Promise<CaughtUp> {
    let caughtUp = this.catchUps.get(position)
    if (caughtUp === undefined) {
      caughtUp = this.read(position).finally(() => this.catchUps.delete(position))
      this.catchUps.set(position, caughtUp)
    }
    return caughtUp
  }

  private async read(position: string): Promise<CaughtUp> {
    // What comes after the reading must come here.
    await this.subscription.ready
    const link = this.tail
    const items: TopicItem[] = []
    const positions = new Set<string>()
    const reading = this.host.bus.subscribe(this.pattern, position, {
      message: (message) => {
        if (message.position !== null) positions.add(message.position)
        const item = this.host.decode(message)
        if (item !== undefined) items.push(item)
      },
      gap: () => items.push(null),
    })
    await reading.ready
    void reading.end()
    return { link, items, positions }
  }

  /** The function that lets a subscriber leave. */
  leaving(subscriber: Subscriber): () => void {
    const leave = () => {
      subscriber.ended = true
      this.leave(subscriber)
    }
    return letsGo(leave, this.holding)
  }

  watch(heard: () => void): WatchedTopic {
    const watcher = new TopicWatcher(this, this.mark({ topic: this.pattern, position: null }), heard)
    this.subscribers.add(watcher)
    clearTimeout(this.linger)
    return watcher
  }

  /** Resolves when everybody has had what came before. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.host.delivery.add(null, [{ receive: () => resolve() }]))
  }

  leave(receiver: Receiver): void {
    this.subscribers.delete(receiver)
    this.lingerOn()
  }

  private lingerOn(): void {
    clearTimeout(this.linger)
    if (this.closed || this.subscribers.size > 0 || this.catchUps.size > 0) return
    this.linger = setTimeout(() => this.host.idle(this), lingerMs).unref()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.linger)
    void this.subscription.end()
  }
}

interface CaughtUp {
  /** The feed's end when the reading began. */
  readonly link: Link
  readonly items: readonly TopicItem[]
  readonly positions: ReadonlySet<string>
}
