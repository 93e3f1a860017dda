import { LiverootError } from '../errors.ts'
import type { Place, TopicListener, Topics } from '../live/services.ts'
import { type Bus, type BusMessage, fromOldest } from './bus.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { LivePart } from './lifecycle.ts'
import { SlicedDelivery } from './sliced-delivery.ts'
import {
  type FeedHost,
  type Mark,
  type Receiver,
  Subscriber,
  TopicFeed,
  type TopicItem,
} from './topic-feed.ts'
import { checkPattern, matchesTopic } from './topic-names.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** What a server knows of the topics that a pattern matches. */
export interface TopicOptions {
  /**
   * How many of the newest messages of each topic the engine of the bus keeps at least, so that who comes back can go
   * on where they were. 0 by default: none.
   */
  readonly history?: number
}

/** Options by topic or pattern. Where several patterns match a topic, the first one counts. */
export type TopicOptionsByPattern = Readonly<Record<string, TopicOptions>>

/**
 * The history of a topic, from what the application declared.
 *
 * @throws `bad_topic` for a pattern that is none, or a history that is no count.
 */
export function historyOf(declared: TopicOptionsByPattern): (topic: string) => number {
  const entries = Object.entries(declared)
  for (const [pattern, { history = 0 }] of entries) {
    checkPattern(pattern)
    if (!Number.isSafeInteger(history) || history < 0)
      throw new LiverootError('bad_topic', `The history of topic "${pattern}" must be a count of messages.`)
  }
  return (topic) => entries.find(([pattern]) => matchesTopic(pattern, topic))?.[1].history ?? 0
}

/**
 * The topics of live components, over a bus: one subscription of the engine per pattern and process; values are
 * encoded once when they are published and decoded once when they come.
 */
export class BusTopics implements Topics, FeedHost {
  /** Starts with the server, which waits for the engine, and stops after all that uses topics. */
  readonly part: LivePart
  readonly delivery: SlicedDelivery<TopicItem, Receiver>
  private readonly feeds = new Map<string, TopicFeed>()
  private readonly marks = new WeakMap<Place, Mark>()

  constructor(
    readonly bus: Bus,
    declared: TopicOptionsByPattern,
    private readonly onError: OnError,
  ) {
    const report = (error: unknown) => void describeError(error, 'bus_failed', onError)
    const started = bus.start({ history: historyOf(declared), onError: report })
    // A server that is never told to start has topics, too.
    started.catch(report)
    this.part = {
      name: 'bus',
      start: () => started,
      stop: () => this.close(),
      healthy: () => bus.state === 'connected',
    }
    this.delivery = new SlicedDelivery((item, receiver) => {
      try {
        receiver.receive(item)
      } catch (error) {
        describeError(error, 'listener_failed', onError, { route: `topic ${item?.topic ?? ''}` })
      }
    })
  }

  publish(topic: string, data: unknown): Promise<void> {
    const published = this.send(topic, data)
    // Heard here, so that nobody has to; who waits for it is told all the same.
    published.catch((error: unknown) => {
      describeError(error, 'publish_failed', this.onError, { route: `topic ${topic}` })
    })
    return published
  }

  private async send(topic: string, data: unknown): Promise<void> {
    await this.bus.publish(topic, encodeValue(data))
  }

  place(topic: string, replay: boolean): Place {
    checkPattern(topic)
    const place: Place = { topic, position: replay ? fromOldest : null }
    const feed = this.feed(topic)
    if (!replay) this.marks.set(place, feed.mark(place))
    return place
  }

  subscribe(place: Place, listener: TopicListener): () => void {
    const subscriber = new Subscriber(place, listener)
    const mark = this.marks.get(place)
    // What subscribes again later goes on from its position.
    this.marks.delete(place)
    const feed = mark === undefined || mark.feed.closed ? this.feed(place.topic) : mark.feed
    if (mark?.feed === feed) feed.join(subscriber, mark)
    else if (place.position !== null) void feed.joinFrom(subscriber, place.position)
    else feed.joinLate(subscriber)
    return feed.leaving(subscriber)
  }

  private feed(pattern: string): TopicFeed {
    let feed = this.feeds.get(pattern)
    if (feed === undefined) {
      feed = new TopicFeed(this, pattern)
      this.feeds.set(pattern, feed)
    }
    return feed
  }

  decode(message: BusMessage): TopicItem | undefined {
    const { topic, text, position } = message
    try {
      return { topic, data: decodeValue(text), position }
    } catch (error) {
      describeError(error, 'bad_message', this.onError, { route: `topic ${topic}` })
      return undefined
    }
  }

  idle(feed: TopicFeed): void {
    feed.close()
    if (this.feeds.get(feed.pattern) === feed) this.feeds.delete(feed.pattern)
  }

  async close(): Promise<void> {
    for (const feed of this.feeds.values()) feed.close()
    this.feeds.clear()
    await this.bus.close()
  }
}
