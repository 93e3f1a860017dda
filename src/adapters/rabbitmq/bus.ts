import { randomBytes } from 'node:crypto'
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import type { Bus } from '../../server/bus.ts'
import { matchesTopic } from '../../server/topic-names.ts'
import { EngineBus, type EngineBusOptions, type Kept, type Link, type LinkEvents } from '../engine-bus.ts'
import type { Carried } from '../engine-subscription.ts'
import { loadPeer } from '../peer.ts'
import { readTopic, subjectOf, withTopic } from '../topic-subject.ts'
import { HistoryStream } from './history-stream.ts'

/** What {@link rabbitmqBus} takes. */
export interface RabbitmqBusOptions extends EngineBusOptions {
  /** Such as `amqp://guest:guest@127.0.0.1:5672`. */
  readonly url: string
  /** What the history of all topics together may have; the oldest goes first. 1,000,000,000. */
  readonly maxHistoryBytes?: number
  /**
   * How long the broker may refuse the stream of the history, as after a crash, before the history is given up and another
   * stream begins, with a gap. Topics with history wait as long; the others do not need it. 30,000.
   */
  readonly streamWaitMs?: number
}

/**
 * Carries topics by RabbitMQ 3.9 or newer: a topic exchange; one stream queue for all topics with history, which every
 * server that listens to some of them reads as a whole. Needs the package `amqplib`.
 *
 * @returns the bus, for `createLiveServer`.
 */
export function rabbitmqBus(options: RabbitmqBusOptions): Bus {
  const { url, maxHistoryBytes = 1_000_000_000, streamWaitMs = 30_000, ...common } = options
  let history: HistoryStream | undefined
  return new EngineBus((settings, events) => {
    const names = namesOf(settings.prefix)
    const { historyMs } = settings
    history ??= new HistoryStream({
      exchange: names.exchange,
      name: names.stream,
      historyMs,
      maxHistoryBytes,
      streamWaitMs,
    })
    return RabbitmqLink.connect(url, names.exchange, history, events)
  }, common)
}

const heartbeatSeconds = 5
/** Messages of the stream that are on the way at once. */
const prefetch = 500
/** The routing key of messages that only mark a place in the stream. */
const markKey = 'kept.=mark'

class RabbitmqLink implements Link {
  /** Patterns, and whether all of their topics have history. */
  private readonly patterns = new Map<string, boolean>()
  private readonly marks = new Map<string, (number: number) => void>()
  private opening: Promise<void> | null = null
  private following: Promise<void> | null = null

  private constructor(
    private readonly connection: ChannelModel,
    private readonly publisher: ConfirmChannel,
    private readonly reader: Channel,
    private readonly exchange: string,
    /** The queue of the topics without history. */
    private readonly live: string,
    private readonly history: HistoryStream,
    private readonly events: LinkEvents,
  ) {}

  static async connect(
    url: string,
    exchange: string,
    history: HistoryStream,
    events: LinkEvents,
  ): Promise<RabbitmqLink> {
    const { connect } = await loadPeer('amqplib', () => import('amqplib'))
    const there = new URL(url)
    there.searchParams.set('heartbeat', String(heartbeatSeconds))
    const connection = await connect(there.href, { timeout: 10_000 })
    const ended = () => events.lost(new Error('The connection to RabbitMQ has ended.'))
    connection.on('error', events.lost)
    connection.on('close', ended)
    try {
      const publisher = await connection.createConfirmChannel()
      const reader = await connection.createChannel()
      for (const channel of [publisher, reader]) channel.on('error', events.lost).on('close', ended)
      await publisher.assertExchange(exchange, 'topic', { durable: true })
      const { queue } = await reader.assertQueue('', { exclusive: true, autoDelete: true })
      const link = new RabbitmqLink(connection, publisher, reader, exchange, queue, history, events)
      await reader.consume(queue, (message) => link.arrived(message), { noAck: true })
      return link
    } catch (error) {
      await connection.close().catch(() => {})
      throw error
    }
  }

  /** A stream that is made anew is another one; by other hands than ours, it is known by numbers that are too low. */
  get epoch(): string {
    return this.history.epoch
  }

  async publish(topic: string, body: string, history: number): Promise<void> {
    const [subject, text] = [subjectOf(topic, ''), withTopic(topic, body)]
    if (history === 0) return this.send(`live.${subject}`, text)
    // The broker would confirm what no stream has taken.
    await this.open()
    await this.send(`kept.${subject}`, text)
  }

  /** Resolves when there is a stream: only topics with history wait for it. */
  private open(): Promise<void> {
    this.opening ??= this.history.open(this.connection, this.events.trouble)
    return this.opening
  }

  private send(key: string, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.publisher.publish(this.exchange, key, Buffer.from(text), { persistent: true }, (error) => {
        if (error === null || error === undefined) resolve()
        else reject(error)
      })
    })
  }

  /** What the broker refuses ends the channel. */
  refused(): boolean {
    return false
  }

  async listen(pattern: string, history: boolean): Promise<void> {
    this.patterns.set(pattern, history)
    if (history) return this.follow()
    for (const key of keysOf(pattern)) await this.reader.bindQueue(this.live, this.exchange, key)
  }

  async unlisten(pattern: string, history: boolean): Promise<void> {
    this.patterns.delete(pattern)
    if (history) return
    for (const key of keysOf(pattern)) await this.reader.unbindQueue(this.live, this.exchange, key)
  }

  /** Reads the stream from its end on. */
  private follow(): Promise<void> {
    this.following ??= this.open().then(() =>
      this.consumeStream(this.reader, 'next', (message, number) => this.passStream(message, number)),
    )
    return this.following
  }

  private async consumeStream(
    channel: Channel,
    offset: number | 'next',
    take: (message: ConsumeMessage, number: number) => void,
  ): Promise<void> {
    await channel.prefetch(prefetch)
    await channel.consume(
      this.history.name,
      (message) => {
        if (message === null) return this.events.lost(new Error('The stream of the history is gone.'))
        channel.ack(message)
        take(message, Number(message.properties.headers?.['x-stream-offset']) + 1)
      },
      { arguments: { 'x-stream-offset': offset } },
    )
  }

  private passStream(message: ConsumeMessage, number: number): void {
    const text = message.content.toString()
    if (message.fields.routingKey === markKey) return this.marks.get(text)?.(number)
    const carried = readTopic(text)
    for (const [pattern, history] of this.patterns) {
      if (history && matchesTopic(pattern, carried.topic))
        this.events.message(pattern, { ...carried, number })
    }
  }

  /** Without history: each message comes once, however many bindings it fits. */
  private arrived(message: ConsumeMessage | null): void {
    if (message === null) return this.events.lost(new Error('The queue is gone.'))
    const carried = readTopic(message.content.toString())
    for (const [pattern, history] of this.patterns) {
      if (!history && matchesTopic(pattern, carried.topic))
        this.events.message(pattern, { ...carried, number: null })
    }
  }

  async read(pattern: string, after: number): Promise<Kept> {
    const end = await this.last()
    const messages: Carried[] = []
    let first = 0
    const channel = await this.connection.createChannel()
    channel.on('error', this.events.lost)
    await new Promise<void>((resolve, reject) => {
      channel.on('close', () => reject(new Error('The channel was closed.')))
      this.consumeStream(channel, after, (message, number) => {
        if (number <= after) return
        first ||= number
        if (number >= end) return resolve()
        if (message.fields.routingKey === markKey) return
        const carried = readTopic(message.content.toString())
        if (matchesTopic(pattern, carried.topic)) messages.push({ ...carried, number })
      }).catch(reject)
    })
    await channel.close()
    return { messages, incomplete: first > after + 1 }
  }

  /** The stream does not tell where it ends: a mark is put there. */
  async last(): Promise<number> {
    await this.follow()
    const mark = randomBytes(9).toString('base64url')
    const seen = new Promise<number>((resolve) => this.marks.set(mark, resolve))
    try {
      await this.send(markKey, mark)
      return await seen
    } finally {
      this.marks.delete(mark)
    }
  }

  async ping(): Promise<void> {
    await this.publisher.checkExchange(this.exchange)
  }

  async close(): Promise<void> {
    await this.connection.close()
  }
}

function namesOf(prefix: string): { exchange: string; stream: string } {
  const name = subjectOf(prefix, '')
  return { exchange: `${name}.topics`, stream: `${name}.history` }
}

/** With `live` those that keep none, with `kept` the others. `**` is a segment and those after it. */
function keysOf(pattern: string): string[] {
  const subject = subjectOf(pattern, '*.#')
  return [`live.${subject}`, `kept.${subject}`]
}
