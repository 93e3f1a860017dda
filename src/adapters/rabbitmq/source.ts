import type { ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import type { DeadLetterReason, Delivery, Queue } from '../../server/source.ts'
import type { InAir } from '../in-air.ts'
import { loadPeer } from '../peer.ts'
import { type QueueSession, runQueue } from '../run-queue.ts'

/** What {@link rabbitmq} takes. */
export interface RabbitmqQueueOptions {
  /** Where the broker is, such as `amqp://user:password@host:5672`. */
  readonly url: string
  /** The queue. One that is there is used as it is; one that is not is made, durable. */
  readonly queue: string
  /** Messages in the air at once, on this server. 32. */
  readonly prefetch?: number
  /** Where dead letters are published. The default exchange and `<queue>.dead` by default; that queue is made. */
  readonly deadLetter?: { readonly exchange: string; readonly routingKey: string }
}

const attemptHeader = 'x-liveroot-attempt'
const moveHeader = 'x-liveroot-move'
/** A retry queue goes away by itself so long after the time that its last message can be in it. */
const retryQueueIdleMs = 60_000

/**
 * A queue of RabbitMQ, for `source`. Needs the package `amqplib`.
 *
 * A message to be tried again waits in a queue of its delay, `<queue>.retry.<ms>`, from where the broker puts it back.
 * Dead letters have the headers `x-liveroot-code` and `x-liveroot-message` beside their own.
 *
 * @returns the queue, as data. A message that took its process down with it is delivered again without end, unless the
 *   queue is a quorum queue: those count such deliveries, and they are attempts like others.
 */
export function rabbitmq(options: RabbitmqQueueOptions): Queue {
  const prefetch = options.prefetch ?? 32
  return {
    name: `rabbitmq ${options.queue}`,
    prepare: async () => void (await loadClient()),
    start: (listener) =>
      runQueue<ConsumeMessage>(listener, prefetch, (inAir) => RabbitmqSession.open(options, prefetch, inAir)),
  }
}

const loadClient = () => loadPeer('amqplib', () => import('amqplib'))

class RabbitmqSession implements QueueSession {
  readonly broken: Promise<unknown>
  private consumerTag = ''
  private moves = 0
  private readonly returned = new Set<string>()

  private constructor(
    private readonly options: RabbitmqQueueOptions,
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
    private readonly inAir: InAir<ConsumeMessage>,
  ) {
    this.broken = new Promise((resolve) => {
      connection.on('error', resolve).on('close', resolve)
      channel.on('error', resolve).on('close', () => resolve(new Error('The channel was closed.')))
    })
    channel.on('return', ({ properties }) => this.returned.add(String(properties.headers?.[moveHeader])))
  }

  // Connection

  static async open(
    options: RabbitmqQueueOptions,
    prefetch: number,
    inAir: InAir<ConsumeMessage>,
  ): Promise<RabbitmqSession> {
    const { connect } = await loadClient()
    const connection = await connect(options.url, { timeout: 10_000 })
    connection.on('error', () => {})
    try {
      const channel = await connection.createConfirmChannel()
      const session = new RabbitmqSession(options, connection, channel, inAir)
      await session.declare()
      await channel.prefetch(prefetch)
      await session.consume()
      return session
    } catch (error) {
      await connection.close().catch(() => {})
      throw error
    }
  }

  async close(): Promise<void> {
    // The broker answers to this when it has read the acknowledgements before it.
    await this.channel.close().catch(() => {})
    await this.connection.close()
  }

  // Setting up

  private async declare(): Promise<void> {
    const { queue, deadLetter } = this.options
    await this.assertQueue(queue)
    if (deadLetter === undefined) await this.assertQueue(`${queue}.dead`)
  }

  /** A queue that is there may have any arguments. Asking for one that is not costs the channel. */
  private async assertQueue(queue: string): Promise<void> {
    const probe = await this.connection.createChannel()
    probe.on('error', () => {})
    try {
      await probe.checkQueue(queue)
      await probe.close()
    } catch (error) {
      if ((error as { code?: number }).code !== 404) throw error
      await this.channel.assertQueue(queue, { durable: true })
    }
  }

  // Taking

  private async consume(): Promise<void> {
    const { consumerTag } = await this.channel.consume(this.options.queue, (message) => {
      // The broker has cancelled the consumer: the queue was deleted, or moved to another node.
      if (message === null) this.channel.emit('error', new Error('The broker cancelled the consumer.'))
      else this.inAir.deliver(message, this.toDelivery(message))
    })
    this.consumerTag = consumerTag
  }

  async pause(): Promise<void> {
    await this.channel.cancel(this.consumerTag)
  }

  private toDelivery(message: ConsumeMessage): Delivery {
    const { properties, content, fields } = message
    const headers: Record<string, unknown> = properties.headers ?? {}
    const attempt = attemptOf(headers)
    return {
      id: properties.messageId ?? `${fields.consumerTag}:${fields.deliveryTag}`,
      body: content,
      headers: textHeaders(headers),
      attempt,
      ack: async () => this.channel.ack(message),
      retry: (delayMs) => this.retry(message, attempt, delayMs),
      deadLetter: (reason) => this.deadLetter(message, reason),
    }
  }

  // Settling

  private async retry(message: ConsumeMessage, attempt: number, delayMs: number): Promise<void> {
    const { queue } = this.options
    const name = `${queue}.retry.${delayMs}`
    await this.channel.assertQueue(name, {
      durable: true,
      arguments: {
        'x-message-ttl': delayMs,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue,
        'x-expires': delayMs + retryQueueIdleMs,
      },
    })
    await this.move(message, '', name, { [attemptHeader]: attempt + 1 })
  }

  private async deadLetter(message: ConsumeMessage, reason: DeadLetterReason): Promise<void> {
    const { queue, deadLetter = { exchange: '', routingKey: `${queue}.dead` } } = this.options
    await this.move(message, deadLetter.exchange, deadLetter.routingKey, {
      'x-liveroot-code': reason.code,
      'x-liveroot-message': reason.message.slice(0, 1_000),
    })
  }

  /** Publishes a copy elsewhere, and takes the message off when the broker has confirmed the copy. */
  private async move(
    message: ConsumeMessage,
    exchange: string,
    routingKey: string,
    more: Record<string, unknown>,
  ): Promise<void> {
    const move = String(++this.moves)
    const { headers, expiration: _expiration, userId: _userId, ...kept } = message.properties
    // Where it has waited before is left out: the broker drops what seems to go in a circle.
    const { 'x-death': _death, ...own } = headers ?? {}
    const options = {
      ...kept,
      headers: { ...own, ...more, [moveHeader]: move },
      persistent: true,
      mandatory: true,
    }
    await new Promise<void>((resolve, reject) => {
      const confirmed = (error: unknown) => (error ? reject(error) : resolve())
      this.channel.publish(exchange, routingKey, message.content, options, confirmed)
    })
    // What cannot be routed comes back before it is confirmed.
    if (this.returned.delete(move))
      throw new Error(`No queue takes what is published to "${exchange}" as "${routingKey}".`)
    this.channel.ack(message)
  }
}

function attemptOf(headers: Record<string, unknown>): number {
  return Number(headers[attemptHeader] ?? 1) + Number(headers['x-delivery-count'] ?? 0)
}

function textHeaders(headers: Record<string, unknown>): Record<string, string> {
  const plain = Object.entries(headers).filter(([, value]) => typeof value !== 'object')
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]))
}
