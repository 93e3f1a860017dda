import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StandardSchema } from '../live/checked.ts'
import type { Publish } from '../live/hooks.ts'
import { type DeliveryHandler, type SourceOptions, source } from '../server/queue-source.ts'
import type { Queue, RunningSource } from '../server/source.ts'
import type { ConformanceCase } from './session-store-conformance.ts'

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

const settings: QueueSettings = { prefetch: 4, leaseMs: 1_000 }
const soon: SourceOptions<unknown>['retry'] = { firstDelayMs: 100, maxDelayMs: 200 }
const deadlineMs = 30_000

const positive: StandardSchema<unknown, unknown> = {
  '~standard': {
    version: 1,
    vendor: 'liveroot',
    validate: (value) =>
      Number(value) > 0 ? { value: { positive: value } } : { issues: [{ message: 'Not positive' }] },
  },
}

/**
 * What every adapter of a queue has to do, for a test runner of your choice:
 * `for (const { name, run } of queueConformance(setUp)) test(name, run)`.
 *
 * @param setUp makes an empty queue with these settings.
 */
export function queueConformance(
  setUp: (settings: QueueSettings) => Promise<QueueUnderTest>,
): ConformanceCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const bench = new Bench(await setUp(settings))
      try {
        await check(bench)
      } finally {
        await bench.end()
      }
    },
  }))
}

/** The queue of one case, and the sources that run on it. */
class Bench {
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

const cases: Record<string, (bench: Bench) => Promise<void>> = {
  'a message is delivered with its body and headers, once': async (bench) => {
    const got: unknown[] = []
    bench.start((body, { headers, attempt, id }) => {
      got.push([body, headers['x-shop'], attempt, id.length > 0])
    })
    await bench.subject.send('{"n":1,"text":"Ærø"}', { 'x-shop': 'north' })
    await until(() => got.length > 0, 'the delivery')
    await sleep(settings.leaseMs * 2)
    assert.deepEqual(got, [[{ n: 1, text: 'Ærø' }, 'north', 1, true]])
  },

  'messages that were sent before the source started are delivered, in order where one is in the air': async (
    bench,
  ) => {
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    await bench.sendAll(numbers)
    const got: unknown[] = []
    bench.start((body) => void got.push(body))
    await until(() => got.length >= numbers.length, 'all deliveries')
    assert.deepEqual(got, numbers)
  },

  'a handler that fails is run again, with backoff and a counted attempt; others do not wait for it': async (
    bench,
  ) => {
    const attempts: number[] = []
    const others: unknown[] = []
    bench.start((body, { attempt }) => {
      if (body !== 'bad') return void others.push(body)
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
    })
    await bench.sendAll(['bad', 1, 2, 3, 4, 5, 6])
    await until(() => others.length === 6, 'the others')
    await until(() => attempts.length === 3, 'the third attempt')
    await sleep(settings.leaseMs)
    assert.deepEqual(attempts, [1, 2, 3])
    assert.deepEqual(bench.reported, ['delivery_failed', 'delivery_failed'])
    assert.deepEqual(await bench.subject.deadLetters(), [])
  },

  'after its last attempt a message is a dead letter, with its body and why': async (bench) => {
    let attempts = 0
    const fail = () => {
      attempts += 1
      throw new Error('no such\nshop')
    }
    bench.start(fail, { retry: { ...soon, attempts: 2 } })
    await bench.sendAll([{ n: 1 }])
    const { body, code, message } = await bench.deadLetter()
    assert.deepEqual([body, code], ['{"n":1}', 'delivery_failed'])
    assert.match(message ?? '', /^no such\sshop$/)
    await sleep(settings.leaseMs * 2)
    assert.equal(attempts, 2)
  },

  'a body that is not JSON, or does not fit, is a dead letter at once; those behind it are delivered': async (
    bench,
  ) => {
    const got: unknown[] = []
    bench.start((body) => void got.push(body))
    await bench.subject.send('{"n":')
    await bench.sendAll([1, 2])
    await until(() => got.length === 2, 'the others')
    const { body, code } = await bench.deadLetter()
    assert.deepEqual([body, code], ['{"n":', 'bad_delivery'])
    await sleep(settings.leaseMs * 2)
    assert.equal((await bench.subject.deadLetters()).length, 1)
    assert.deepEqual([got, bench.reported], [[1, 2], ['bad_delivery']])
  },

  'a body has to fit its schema, and the handler gets what the schema makes of it': async (bench) => {
    const got: unknown[] = []
    bench.start((body) => void got.push(body), { body: positive })
    await bench.sendAll([-1, 7])
    await until(() => got.length === 1, 'what fits')
    const { body, code, message } = await bench.deadLetter()
    assert.deepEqual([body, code, message], ['-1', 'bad_delivery', 'Not positive'])
    assert.deepEqual([got, bench.reported], [[{ positive: 7 }], ['bad_delivery']])
  },

  'a handler that does not end in time has failed: its signal is aborted, and the message tried again':
    async (bench) => {
      const attempts: number[] = []
      const reasons: unknown[] = []
      const hang: DeliveryHandler<unknown> = (_body, { attempt, signal }) => {
        attempts.push(attempt)
        if (attempt > 1) return
        signal.addEventListener('abort', () => reasons.push((signal.reason as { code?: unknown }).code))
        return new Promise(() => {})
      }
      bench.start(hang, { handlerTimeoutMs: 200 })
      await bench.sendAll(['x'])
      await until(() => attempts.length === 2, 'the second attempt')
      await sleep(settings.leaseMs * 2)
      assert.deepEqual(
        [attempts, reasons, bench.reported],
        [[1, 2], ['delivery_failed'], ['delivery_failed']],
      )
    },

  'no more are in the air than the prefetch': async (bench) => {
    let inAir = 0
    let most = 0
    let handled = 0
    bench.start(async () => {
      inAir += 1
      most = Math.max(most, inAir)
      await sleep(20)
      inAir -= 1
      handled += 1
    })
    await bench.sendAll(Array.from({ length: 40 }, (_, n) => n))
    await until(() => handled === 40, 'all deliveries')
    assert.equal(most, settings.prefetch)
  },

  'a delivery is acknowledged after the bus has taken what it published, and not before': async (bench) => {
    let published = 0
    const never: Publish = () => {
      published += 1
      return new Promise(() => {})
    }
    const first = bench.start((_body, { publish }) => void publish('t', 1), { publish: never })
    await bench.sendAll(['x'])
    await until(() => published === 1, 'the delivery')
    await first.stop(AbortSignal.abort())
    await untilAgain(bench, 'x')
  },

  'a bus that refuses a publish makes the delivery fail': async (bench) => {
    let refusals = 0
    const publish: Publish = async () => {
      refusals += 1
      if (refusals === 1) throw new Error('away')
    }
    bench.start((_body, { publish }) => void publish('t', 1), { publish })
    await bench.sendAll(['x'])
    await until(() => refusals === 2, 'the second attempt')
    assert.deepEqual(bench.reported, ['delivery_failed'])
  },

  'a stop waits for what is in the air and takes nothing more; what is left is there for the next': async (
    bench,
  ) => {
    const done: unknown[] = []
    let started = 0
    const first = bench.start(async (body) => {
      started += 1
      await sleep(200)
      done.push(body)
    })
    await bench.sendAll(Array.from({ length: 12 }, (_, n) => n))
    await until(() => started > 0, 'a delivery')
    await first.stop(AbortSignal.timeout(10_000))
    assert.equal(done.length, started)
    assert.ok(started < 12)
    bench.start((body) => void done.push(body))
    await until(() => done.length >= 12, 'the rest')
    await sleep(settings.leaseMs * 1.5)
    assert.deepEqual(
      done.map(Number).sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, n) => n),
    )
  },

  'a handler that takes longer than the lease keeps its message': async (bench) => {
    let deliveries = 0
    let done = 0
    const slow = async () => {
      deliveries += 1
      await sleep(settings.leaseMs * 2.5)
      done += 1
    }
    bench.start(slow)
    bench.start(slow)
    await bench.sendAll(['x'])
    await until(() => done > 0, 'the end of the handler')
    await sleep(settings.leaseMs)
    assert.deepEqual([deliveries, done], [1, 1])
  },

  'several consumers share the messages': async (bench) => {
    const got: unknown[][] = [[], []]
    for (const mine of got) {
      bench.start(async (body) => {
        await sleep(5)
        mine.push(body)
      })
    }
    const numbers = Array.from({ length: 60 }, (_, n) => n)
    await bench.sendAll(numbers)
    await until(() => got.flat().length >= 60, 'all deliveries')
    await sleep(settings.leaseMs)
    assert.deepEqual(
      got
        .flat()
        .map(Number)
        .sort((a, b) => a - b),
      numbers,
    )
    assert.ok(got.every((mine) => mine.length > 0))
  },
}

/** Another source gets the message, too. */
async function untilAgain(bench: Bench, wanted: unknown): Promise<void> {
  const got: unknown[] = []
  bench.start((body) => void got.push(body))
  await until(() => got.length > 0, 'the message again')
  assert.deepEqual(got[0], wanted)
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`)
    await sleep(5)
  }
}
