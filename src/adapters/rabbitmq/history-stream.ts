import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, ChannelModel } from 'amqplib'

/** What the stream queue of a bus is made with. */
export interface HistoryStreamOptions {
  readonly exchange: string
  /** The name of the first stream; one that takes its place has a number behind it. */
  readonly name: string
  readonly historyMs: number
  readonly maxHistoryBytes: number
  /** How long a stream may be refused, before another one takes its place. */
  readonly streamWaitMs: number
}

/** The time between two attempts to open a stream that was refused. */
const retryMs = 500

/**
 * The stream queue that keeps the history of a bus, over all of its connections. After a crash a broker refuses its streams
 * for a moment; one that was killed just after its first stream was made refuses it for ever, and does not let it be
 * deleted either. So another stream takes the place of one that is refused for too long: every server uses the newest.
 */
export class HistoryStream {
  private generation = 1

  constructor(private readonly options: HistoryStreamOptions) {}

  get name(): string {
    return this.nameOf(this.generation)
  }

  /** Names what its offsets count. */
  get epoch(): string {
    return `stream${this.generation}`
  }

  private nameOf(generation: number): string {
    return generation === 1 ? this.options.name : `${this.options.name}.${generation}`
  }

  /**
   * Makes the stream where there is none.
   *
   * @param refused hears why it cannot be used, at the first of several attempts.
   * @returns when it can be used. Rejects where the connection ends, not where the broker refuses the stream.
   */
  async open(connection: ChannelModel, refused: (error: unknown) => void): Promise<void> {
    let since: number | null = null
    for (;;) {
      await this.findNewest(connection)
      const error = await this.attempt(connection, (channel) => this.declare(channel))
      if (error === null) break
      if (since === null) refused(error)
      since ??= Date.now()
      await sleep(retryMs)
      if (Date.now() - since < this.options.streamWaitMs) continue
      this.generation++
      since = Date.now()
    }
    const before = this.nameOf(this.generation - 1)
    // Whoever still reads it goes over to this one.
    if (this.generation > 1) await this.attempt(connection, (channel) => channel.deleteQueue(before))
  }

  /** Another server may have made one. */
  private async findNewest(connection: ChannelModel): Promise<void> {
    for (;;) {
      const next = this.nameOf(this.generation + 1)
      const error = await this.attempt(connection, (channel) => channel.checkQueue(next))
      // One that is there and refused is answered with the same number as one that is not.
      const isThere = error === null || (codeOf(error) === 404 && !/no queue/i.test(error.message))
      if (!isThere) return
      this.generation++
    }
  }

  private async declare(channel: Channel): Promise<void> {
    const { exchange, historyMs, maxHistoryBytes } = this.options
    await channel.assertQueue(this.name, {
      durable: true,
      arguments: {
        'x-queue-type': 'stream',
        'x-max-age': `${Math.ceil(historyMs / 1_000)}s`,
        'x-max-length-bytes': maxHistoryBytes,
        'x-stream-max-segment-size-bytes': Math.min(100_000_000, Math.ceil(maxHistoryBytes / 4)),
      },
    })
    await channel.bindQueue(this.name, exchange, 'kept.#')
  }

  /** On a channel of its own, for a refusal ends it. Returns the refusal. */
  private async attempt(
    connection: ChannelModel,
    work: (channel: Channel) => Promise<unknown>,
  ): Promise<Error | null> {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    try {
      await work(channel)
    } catch (error) {
      return error as Error
    }
    await channel.close()
    return null
  }
}

function codeOf(error: Error): number | undefined {
  return (error as { code?: number }).code
}
