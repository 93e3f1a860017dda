import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { LiverootError } from '../../errors.ts'
import type { Bus } from '../../server/bus.ts'
import { matchesTopic } from '../../server/topic-names.ts'
import { EngineBus, type EngineBusOptions, type Kept, type Link, type LinkEvents } from '../engine-bus.ts'
import type { Carried } from '../engine-subscription.ts'
import { loadPeer } from '../peer.ts'
import { readTopic, subjectOf, withTopic } from '../topic-subject.ts'

/** What {@link natsBus} takes. */
export interface NatsBusOptions extends EngineBusOptions {
  /** The server, or several of a cluster, such as `nats://127.0.0.1:4222`. */
  readonly url: string | readonly string[]
}

/**
 * Carries topics by NATS 2.9 or newer; those with history by a JetStream stream, which is made where it is missing and
 * publishes again what it has stored. Needs the packages `@nats-io/transport-node` and `@nats-io/jetstream`.
 *
 * @returns the bus, for `createLiveServer`.
 */
export function natsBus({ url, ...options }: NatsBusOptions): Bus {
  return new EngineBus((settings, events) => NatsLink.connect(url, settings, events), options)
}

/** What headers take of the largest message. */
const headerBytes = 4_096
const fetchMs = 5_000

class NatsLink implements Link {
  private readonly subscriptions = new Map<string, Subscription>()
  private readonly stream: string
  private perSubject = 0
  epoch = ''

  private constructor(
    private readonly connection: NatsConnection,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
    private readonly options: Required<EngineBusOptions>,
    private readonly events: LinkEvents,
  ) {
    this.stream = `liveroot_${subjectOf(options.prefix, '')}`
  }

  static async connect(
    url: string | readonly string[],
    options: Required<EngineBusOptions>,
    events: LinkEvents,
  ): Promise<NatsLink> {
    const { connect } = await loadPeer('@nats-io/transport-node', () => import('@nats-io/transport-node'))
    const { jetstream, jetstreamManager } = await loadPeer(
      '@nats-io/jetstream',
      () => import('@nats-io/jetstream'),
    )
    const servers = typeof url === 'string' ? url : [...url]
    const connection = await connect({
      servers,
      reconnect: false,
      timeout: 10_000,
      ignoreClusterUpdates: true,
    })
    connection.closed().then((error) => events.lost(error ?? new Error('The connection to NATS was closed.')))
    try {
      const manager = await jetstreamManager(connection)
      return new NatsLink(connection, jetstream(connection), manager, options, events)
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  private subject(place: 'kept' | 'live', pattern: string): string {
    return `${subjectOf(this.options.prefix, '')}.${place}.${subjectOf(pattern, '>')}`
  }

  async publish(topic: string, body: string, history: number): Promise<void> {
    const data = Buffer.from(withTopic(topic, body))
    if (data.length + headerBytes > (this.connection.info?.max_payload ?? 1_048_576))
      throw new LiverootError(
        'message_too_large',
        `A message of ${data.length} bytes is larger than NATS takes.`,
      )
    if (history === 0) {
      this.connection.publish(this.subject('live', topic), data)
      return this.connection.flush()
    }
    if (history + 1 > this.perSubject) await this.makeStream(history + 1)
    await this.client.publish(this.subject('kept', topic), data)
  }

  refused(error: unknown): boolean {
    return error instanceof LiverootError || (error as Error | null)?.name === 'JetStreamApiError'
  }

  /** Makes the stream, or has it keep more of each topic. */
  private makeStream(perSubject: number): Promise<void> {
    const before = this.making
    this.making = before.then(async () => {
      if (perSubject <= this.perSubject) return
      const { DiscardPolicy, RetentionPolicy, StorageType } = await import('@nats-io/jetstream')
      const nanos = this.options.historyMs * 1e6
      const wanted = {
        name: this.stream,
        subjects: [this.subject('kept', '**')],
        republish: { src: this.subject('kept', '**'), dest: this.subject('live', '**') },
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.Old,
        max_age: nanos,
        duplicate_window: Math.min(nanos, 120e9),
        max_msgs_per_subject: perSubject,
      }
      let { config, created } = await this.manager.streams
        .info(this.stream)
        .catch(() => this.manager.streams.add(wanted))
      if (config.max_msgs_per_subject < perSubject)
        ({ config, created } = await this.manager.streams.update(this.stream, {
          ...config,
          max_msgs_per_subject: perSubject,
        }))
      this.perSubject = config.max_msgs_per_subject
      this.epoch = Date.parse(created).toString(36)
    })
    return this.making
  }

  private making: Promise<void> = Promise.resolve()

  async listen(pattern: string, history: boolean): Promise<void> {
    const callback = (error: Error | null, message: Msg) => {
      if (error !== null) return this.events.lost(error)
      const carried = readTopic(message.string())
      if (!matchesTopic(pattern, carried.topic)) return
      const number = message.headers?.get('Nats-Sequence')
      this.events.message(pattern, { ...carried, number: number ? Number(number) : null })
    }
    this.subscriptions.set(pattern, this.connection.subscribe(this.subject('live', pattern), { callback }))
    if (history) await this.makeStream(2)
    await this.connection.flush()
  }

  async unlisten(pattern: string): Promise<void> {
    this.subscriptions.get(pattern)?.unsubscribe()
    this.subscriptions.delete(pattern)
  }

  async read(pattern: string, after: number): Promise<Kept> {
    const { AckPolicy, DeliverPolicy } = await import('@nats-io/jetstream')
    const info = await this.manager.consumers.add(this.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      filter_subject: this.subject('kept', pattern),
      inactive_threshold: 30e9,
      mem_storage: true,
    })
    const consumer = this.client.consumers.getConsumerFromInfo(info)
    const messages: Carried[] = []
    for (let left = info.num_pending; left > 0; ) {
      const fetched = await consumer.fetch({ max_messages: Math.min(left, 1_000), expires: fetchMs })
      const before = left
      for await (const message of fetched) {
        messages.push({ ...readTopic(message.string()), number: message.seq })
        left = message.info.pending
      }
      // What was kept a moment ago may be gone: then nothing more comes.
      if (left === before) break
    }
    await this.manager.consumers.delete(this.stream, info.name)
    return { messages: messages.filter(({ topic }) => matchesTopic(pattern, topic)) }
  }

  async last(): Promise<number> {
    return (await this.manager.streams.info(this.stream)).state.last_seq
  }

  ping(): Promise<void> {
    return this.connection.flush()
  }

  async close(): Promise<void> {
    await this.connection.close()
  }
}
