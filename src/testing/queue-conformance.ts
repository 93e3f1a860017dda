import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StandardSchema } from '../live/checked.ts'
import type { DeliveryHandler } from '../server/queue-source.ts'
import {
  QueueBench,
  type QueueCases,
  type QueueSettings,
  type QueueUnderTest,
  settings,
  soon,
  until,
} from './queue-bench.ts'
import { settled } from './queue-conformance-settled.ts'
import type { ConformanceCase } from './session-store-conformance.ts'

/**
 * What every adapter of a queue has to do, for a test runner of your choice:
 * `for (const { name, run } of queueConformance(setUp)) test(name, run)`.
 *
 * @param setUp makes an empty queue with these settings.
 */
export function queueConformance(
  setUp: (settings: QueueSettings) => Promise<QueueUnderTest>,
): ConformanceCase[] {
  return Object.entries({ ...delivered, ...settled }).map(([name, check]) => ({
    name,
    run: async () => {
      const bench = new QueueBench(await setUp(settings))
      try {
        await check(bench)
      } finally {
        await bench.end()
      }
    },
  }))
}

const positive: StandardSchema<unknown, unknown> = {
  '~standard': {
    version: 1,
    vendor: 'liveroot',
    validate: (value) =>
      Number(value) > 0 ? { value: { positive: value } } : { issues: [{ message: 'Not positive' }] },
  },
}

/** What reaches the handler, and what becomes of what it cannot handle. */
const delivered: QueueCases = {
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
}
