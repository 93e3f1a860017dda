import type { Consumer, ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { DeadLetterReason, Delivery, Queue } from '../../server/source.ts'
import type { InAir } from '../in-air.ts'
import { loadPeer } from '../peer.ts'
import { type QueueSession, runQueue } from '../run-queue.ts'

/** What {@link jetstream} takes. */
export interface JetstreamQueueOptions {
  /** The server, or several of a cluster, such as `nats://host:4222`. */
  readonly url: string | readonly string[]
  /** The stream. */
  readonly stream: string
  /** The subjects of the stream, with which it is made where it is missing. A missing stream is an error without. */
  readonly subjects?: readonly string[]
  /** The durable consumer that all servers share. One that is there is used as it is. */
  readonly consumer: string
  /** Of a consumer that is made: the subject that it takes. All of the stream by default. */
  readonly filter?: string
  /** Of a consumer that is made: what a server that died had in the air is delivered again after this time. 30,000. */
  readonly ackWaitMs?: number
  /** Messages in the air at once, on this server. 32. */
  readonly prefetch?: number
  /**
   * Where dead letters are published: `dead-letter.<stream>.<consumer>` by default. Where no stream takes the subject,
   * `<stream>_dead` is made.
   */
  readonly deadLetterSubject?: string
}

/** How long one request for messages stays open. */
const fetchMs = 5_000

/**
 * A durable consumer of a NATS JetStream stream, for `source`. Needs the packages `@nats-io/transport-node` and
 * `@nats-io/jetstream`.
 *
 * The server keeps messages that wait to be tried again, and counts attempts, those too that ended with their process.
 * Dead letters have the headers `x-liveroot-code` and `x-liveroot-message` beside their own.
 *
 * @returns the queue, as data.
 */
export function jetstream(options: JetstreamQueueOptions): Queue {
  const prefetch = options.prefetch ?? 32
  return {
    name: `jetstream ${options.stream}/${options.consumer}`,
    prepare: async () => void (await loadClient()),
    start: (listener) =>
      runQueue<JsMsg>(listener, prefetch, (inAir) => JetstreamSession.open(options, inAir)),
  }
}

async function loadClient() {
  const { connect } = await loadPeer('@nats-io/transport-node', () => import('@nats-io/transport-node'))
  const { jetstreamManager } = await loadPeer('@nats-io/jetstream', () => import('@nats-io/jetstream'))
  return { connect, jetstreamManager }
}

class JetstreamSession implements QueueSession {
  readonly broken: Promise<unknown>
  private readonly deadLetterSubject: string
  private readonly keepAlive: NodeJS.Timeout
  private readonly taking: Promise<void>
  private fetched: ConsumerMessages | undefined
  private paused = false

  private constructor(
    private readonly options: JetstreamQueueOptions,
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
    private readonly consumer: Consumer,
    ackWaitMs: number,
    private readonly inAir: InAir<JsMsg>,
  ) {
    this.deadLetterSubject = deadLetterSubjectOf(options)
    this.taking = this.take()
    this.broken = Promise.race([
      connection.closed().then((error) => error ?? new Error('The connection was closed.')),
      this.taking.catch((error: unknown) => error),
    ])
    this.keepAlive = setInterval(() => this.stillWorking(), ackWaitMs / 3)
  }

  // Connection

  static async open(options: JetstreamQueueOptions, inAir: InAir<JsMsg>): Promise<JetstreamSession> {
    const { connect, jetstreamManager } = await loadClient()
    const { url } = options
    const servers = typeof url === 'string' ? url : [...url]
    // Another session is opened instead: streams may be gone with the server's memory.
    const connection = await connect({ servers, reconnect: false, timeout: 10_000 })
    try {
      const manager = await jetstreamManager(connection)
      const ackWaitMs = await declare(manager, options)
      const consumer = await manager.jetstream().consumers.get(options.stream, options.consumer)
      return new JetstreamSession(options, connection, manager, consumer, ackWaitMs, inAir)
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async close(): Promise<void> {
    clearInterval(this.keepAlive)
    await this.connection.drain()
  }

  // Taking

  /** Asks for as many messages as there is room for, again and again. */
  private async take(): Promise<void> {
    while (!this.paused) {
      const { room } = this.inAir
      if (room === 0) {
        await this.inAir.changed()
        continue
      }
      this.fetched = await this.consumer.fetch({ max_messages: room, expires: fetchMs })
      for await (const message of this.fetched) {
        if (this.paused) message.nak()
        else this.inAir.deliver(message, this.toDelivery(message))
      }
    }
  }

  async pause(): Promise<void> {
    this.paused = true
    this.inAir.wake()
    this.fetched?.stop()
    await this.taking
  }

  private toDelivery(message: JsMsg): Delivery {
    return {
      id: `${this.options.stream}:${message.seq}`,
      body: message.data,
      headers: textHeaders(message),
      attempt: message.info.deliveryCount,
      ack: async () => message.ack(),
      retry: async (delayMs) => message.nak(delayMs),
      deadLetter: (reason) => this.deadLetter(message, reason),
    }
  }

  private stillWorking(): void {
    for (const message of this.inAir.messages) {
      if (!this.connection.isClosed()) message.working()
    }
  }

  // Settling

  private async deadLetter(message: JsMsg, reason: DeadLetterReason): Promise<void> {
    const { headers } = await loadPeer('@nats-io/transport-node', () => import('@nats-io/transport-node'))
    const { stream, consumer } = this.options
    const copy = headers()
    for (const [name, values] of message.headers ?? []) for (const value of values) copy.append(name, value)
    copy.set('x-liveroot-code', reason.code)
    copy.set('x-liveroot-message', oneLine(reason.message))
    copy.set('x-liveroot-subject', message.subject)
    // The same letter twice, because the end of the first try was not heard of, is dropped.
    copy.set('Nats-Msg-Id', `${stream}:${consumer}:${message.seq}`)
    await this.manager.jetstream().publish(this.deadLetterSubject, message.data, { headers: copy })
    // Without a reason: servers before 2.10 do not understand one.
    message.term()
  }
}

// Setting up

/** Makes what is missing; returns how long the consumer waits for an acknowledgement. */
async function declare(manager: JetStreamManager, options: JetstreamQueueOptions): Promise<number> {
  const { stream, subjects, consumer, filter, ackWaitMs = 30_000 } = options
  const { AckPolicy } = await loadPeer('@nats-io/jetstream', () => import('@nats-io/jetstream'))
  if (subjects !== undefined)
    await orMake(manager.streams.info(stream), () =>
      manager.streams.add({ name: stream, subjects: [...subjects] }),
    )
  const dead = deadLetterSubjectOf(options)
  await orMake(manager.streams.find(dead), () =>
    manager.streams.add({ name: `${stream}_dead`, subjects: [dead] }),
  )
  const info = await orMake(manager.consumers.info(stream, consumer), () =>
    manager.consumers.add(stream, {
      durable_name: consumer,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ackWaitMs * 1e6,
      ...(filter === undefined ? {} : { filter_subject: filter }),
    }),
  )
  return (info.config.ack_wait ?? 30_000 * 1e6) / 1e6
}

/** The server's codes for a consumer and for a stream that is not there. */
const notThere: ReadonlySet<number> = new Set([10014, 10059])

async function orMake<T, Made>(found: Promise<T>, make: () => Promise<Made>): Promise<T | Made> {
  try {
    return await found
  } catch (error) {
    const { JetStreamApiError } = await loadPeer('@nats-io/jetstream', () => import('@nats-io/jetstream'))
    const missing = error instanceof JetStreamApiError && notThere.has(error.code)
    if (!missing) throw error
    return await make()
  }
}

function deadLetterSubjectOf({ deadLetterSubject, stream, consumer }: JetstreamQueueOptions): string {
  return deadLetterSubject ?? `dead-letter.${stream}.${consumer}`
}

function textHeaders(message: JsMsg): Record<string, string> {
  const all: Record<string, string> = {}
  for (const [name, values] of message.headers ?? []) all[name] = values.join(', ')
  return all
}

/** Headers are lines. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 1_000)
}
