/**
 * The engine that carries topics between servers: memory, Redis, NATS, RabbitMQ, PostgreSQL. It carries texts and knows
 * nothing of what is in them. Messages of a topic arrive once each, in the order of their publisher; where the topic keeps
 * history, everybody sees those of several publishers in one order.
 */
export interface Bus {
  readonly state: BusState
  /** True where no other server can hear: shared components are this server's own then. False where it is left out. */
  readonly alone?: boolean
  /**
   * Connects; a bus that loses its broker later connects again by itself. What is published or subscribed before, waits.
   *
   * @returns once connected for the first time.
   * @throws `missing_peer` where the package of the broker's client is not installed, `bus_closed` when the bus is
   *   closed first. A broker that cannot be reached is tried again and again.
   */
  start(settings: BusSettings): Promise<void>
  /**
   * @returns once the engine has taken the message.
   * @throws `bad_topic`, `message_too_large`, `bus_buffer_full` (the broker is away and `maxBufferedMessages` wait for
   *   it), `bus_closed`, `publish_failed` (the engine refused).
   */
  publish(topic: string, text: string): Promise<void>
  /**
   * Calls the listener for every message of the topics that a pattern matches: a topic, or one with `*` for one of its
   * segments (they are parted by colons), or `**` at its end for one segment or more.
   *
   * @param from a {@link BusMessage.position}: begins with the message after it, as far as the engine keeps history;
   *   {@link fromOldest} with the oldest one kept; null with what is published from now on.
   * @throws `bad_topic`.
   */
  subscribe(pattern: string, from: string | null, listener: BusListener): BusSubscription
  /** Where the topics of a pattern stand now, to subscribe from later; null where the engine keeps no history of them. */
  position(pattern: string): Promise<string | null>
  /** Waits for what was published as long as the broker is there, and leaves nothing running. What still waits fails. */
  close(): Promise<void>
}

/** `waiting` is before the start, `connecting` also when the broker was lost. */
export type BusState = 'waiting' | 'connecting' | 'connected' | 'closed'

/** What a server tells its bus when it starts it. */
export interface BusSettings {
  /** How many of the newest messages of a topic the engine keeps, at the least; 0 is none. Takes patterns, too. */
  history(topic: string): number
  /** Hears of what the bus cannot tell anybody else: a broker that is lost or cannot be reached. */
  onError(error: unknown): void
}

/** A message that a bus delivers. */
export interface BusMessage {
  readonly topic: string
  readonly text: string
  /** A subscription from here begins with the next message; null where the engine keeps no history of the topic. */
  readonly position: string | null
}

/** Called in the order of the topic. Must not throw. */
export interface BusListener {
  message(message: BusMessage): void
  /** Messages may be missing between those before this call and those after it. */
  gap(): void
}

/** A subscription to a bus. */
export interface BusSubscription {
  /** True from when every message that is published reaches the listener. */
  readonly live: boolean
  /** Resolves when it is live and the history that was asked for has been delivered. Never rejects. */
  readonly ready: Promise<void>
  /** Where the subscription stands: null before it is live, and where the engine keeps no history. */
  readonly position: string | null
  /** The listener is not called any more. Resolves when the engine has been told. */
  end(): Promise<void>
}

/** The position before the oldest message that an engine keeps. */
export const fromOldest = 'oldest'
