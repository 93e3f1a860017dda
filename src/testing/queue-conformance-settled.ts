import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Publish } from '../live/hooks.ts'
import { type QueueBench, type QueueCases, settings, until } from './queue-bench.ts'

/** What is in the air: how much, until when, and whose it is then. */
export const settled: QueueCases = {
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
async function untilAgain(bench: QueueBench, wanted: unknown): Promise<void> {
  const got: unknown[] = []
  bench.start((body) => void got.push(body))
  await until(() => got.length > 0, 'the message again')
  assert.deepEqual(got[0], wanted)
}
