import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Publish } from '../live/hooks.ts'
import { type DeliveryHandler, type SourceOptions, source } from '../server/queue-source.ts'
import type { Queue, RunningSource } from '../server/source.ts'

/** A queue of an adapter, empty and of its own, with what a test needs to know of it. */
export interface QueueUnderTest {
  /** Made with the `prefetch` and the lease that {@link queueConformance} asks for. */
  readonly queue: Queue
  /** Puts a message in the queue, as another program would. */
  send(body: string, headers?: Readonly<Record<string, string>>): Promise<void>
  /** What is in its dead-letter place. */
  deadLetters(): Promise<readonly DeadLetter[]>
  /** Removes it, with all that belongs to it. */
  remove(): Promise<void>
}

export interface DeadLetter {
  readonly body: string
  readonly code: string | undefined
  readonly message: string | undefined
}

/** What a queue has to be made with. */
export interface QueueSettings {
  readonly prefetch: number
  /** After how long the messages of a consumer that does not speak any more are delivered again. */
  readonly leaseMs: number
}

export const settings: QueueSettings = { prefetch: 4, leaseMs: 1_000 }
export const soon: SourceOptions<unknown>['retry'] = { firstDelayMs: 100, maxDelayMs: 200 }
const deadlineMs = 30_000

/** The queue of one case, and the sources that run on it. */
export class QueueBench {
  readonly reported: string[] = []
  private readonly running: RunningSource[] = []

  constructor(readonly subject: QueueUnderTest) {}

  start(
    handler: DeliveryHandler<unknown>,
    { publish = async () => {}, ...options }: SourceOptions<unknown> & { publish?: Publish } = {},
  ): RunningSource {
    const locks = { claim: async () => true, close: async () => {} }
    const running = source(this.subject.queue, handler, { retry: soon, ...options }).start({
      publish,
      locks,
      failed: (_error, code) => this.reported.push(code),
    })
    this.running.push(running)
    return running
  }

  async sendAll(bodies: readonly unknown[]): Promise<void> {
    for (const body of bodies) await this.subject.send(JSON.stringify(body))
  }

  async deadLetter(): Promise<DeadLetter> {
    let letters: readonly DeadLetter[] = []
    await until(async () => {
      letters = await this.subject.deadLetters()
      return letters.length > 0
    }, 'a dead letter')
    assert.equal(letters.length, 1)
    return letters[0] as DeadLetter
  }

  async end(): Promise<void> {
    await Promise.all(this.running.map((each) => each.stop(AbortSignal.timeout(1_000))))
    await this.subject.remove()
  }
}

/** What a queue has to do, by name. */
export type QueueCases = Readonly<Record<string, (bench: QueueBench) => Promise<void>>>

/** Waits until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`)
    await sleep(5)
  }
}
