import type { Publish } from '../live/hooks.ts'

/** Why a delivery went to the dead-letter place of its engine. */
export interface DeadLetterReason {
  /** `bad_delivery` where the body could not be taken, `delivery_failed` where the handler failed too often. */
  readonly code: string
  /** What was thrown, for whoever looks at the dead letters. */
  readonly message: string
}

/** One message of a queue, as its engine hands it over. Exactly one of its three methods is called, once. */
export interface Delivery {
  /** What the engine calls the message; the same at each attempt where the engine allows it. */
  readonly id: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  /** 1 at first. Attempts that ended with their process count where the engine counts them. */
  readonly attempt: number
  /** Takes the message off the queue. */
  ack(): Promise<void>
  /** Puts it back, to be delivered again after that time. */
  retry(delayMs: number): Promise<void>
  /** Moves it to the dead-letter place. */
  deadLetter(reason: DeadLetterReason): Promise<void>
}

/** Takes what a queue brings. */
export interface QueueListener {
  /**
   * Handles a delivery and settles it.
   *
   * @returns a promise of its end. It rejects where the delivery could not be settled, for the engine has the message
   *   still: its adapter sees to it that it is delivered again.
   */
  deliver(delivery: Delivery): Promise<void>
  /** Hears that the engine is gone, or does not answer. The queue tries again by itself. */
  lost(error: unknown): void
}

/** A queue that delivers. */
export interface RunningQueue {
  /**
   * Takes no more messages, waits until every delivery is settled, and disconnects. What is not settled a second after the
   * signal aborts is left to the engine, which delivers it again.
   */
  stop(giveUp: AbortSignal): Promise<void>
}

/** A queue of an engine, as data: made by an adapter, such as `rabbitmq()` of `liveroot/rabbitmq`. */
export interface Queue {
  /** The engine and the queue's name, for logs. */
  readonly name: string
  /** Looks whether it can be started at all. @throws `missing_peer` where the package of its client is not installed. */
  prepare?(): void | Promise<void>
  /**
   * Connects, and delivers until it is stopped. Returns at once: while the engine does not answer, it tries again with
   * backoff. There are never more deliveries in the air than the queue's `prefetch`.
   */
  start(listener: QueueListener): RunningQueue
}

/** What a source gets from its server. */
export interface SourceHost {
  readonly publish: Publish
  readonly locks: Locks
  /** Reports an error of a source under a code of its own. */
  failed(error: unknown, code: SourceErrorCode, source: string): void
}

export type SourceErrorCode =
  | 'bad_delivery'
  | 'delivery_failed'
  | 'source_lost'
  | 'schedule_failed'
  | 'locks_failed'

/** An outside trigger that runs with the server: made by `source`, `schedule` or `every`. */
export interface Source {
  readonly name: string
  /** A rejection keeps the server from starting. */
  prepare?(): void | Promise<void>
  /** Starts it; the server calls it when it listens. */
  start(host: SourceHost): RunningSource
}

/** A source at work. */
export interface RunningSource {
  /** Takes nothing new, and waits for what is under way, a second after the signal aborts at most. */
  stop(giveUp: AbortSignal): Promise<void>
}

/** Decides which of several servers does a thing that must be done once. */
export interface Locks {
  /** Looks whether it can be used at all. @throws `missing_peer` where the package of its client is not installed. */
  prepare?(): void | Promise<void>
  /**
   * Claims a name.
   *
   * @param name what is claimed, such as one tick of a schedule.
   * @param owner who claims it. The owner that has it already is given it again.
   * @param ttlMs how long the claim lasts.
   * @returns whether the owner has it.
   */
  claim(name: string, owner: string, ttlMs: number): Promise<boolean>
  /** Disconnects. */
  close(): Promise<void>
}
