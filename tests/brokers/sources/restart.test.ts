import { setTimeout as sleep } from 'node:timers/promises'
import { source } from 'liveroot/server'
import { type BrokerName, describeWithBroker } from '../../support/brokers.ts'
import { startOwnBroker } from '../../support/own-broker.ts'
import { freshName, setUps } from './queues.ts'

const before = 200
const after = 50
const settings = { prefetch: 4, leaseMs: 1_000 }

for (const broker of Object.keys(setUps) as BrokerName[]) {
  describeWithBroker(broker, `${broker}, killed and started again in mid-stream`, () => {
    test('the source goes on by itself with what was there and what comes', async () => {
      const own = await startOwnBroker(broker)
      const got = new Set<number>()
      const reported: string[] = []
      const name = freshName()
      const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
      const until = async (condition: () => boolean, what: string) => {
        const end = Date.now() + 60_000
        while (!condition()) {
          if (Date.now() > end) throw new Error(`Waited in vain for ${what}: ${got.size} came.`)
          await sleep(5)
        }
      }
      const first = await setUps[broker](own.url, settings, name)
      for (const n of numbers(0, before)) await first.send(String(n))
      const running = source<number>(first.queue, async (n, { publish }) => {
        await sleep(5)
        await publish('numbers', n)
      }).start({
        publish: async (_topic, n) => void got.add(n as number),
        locks: { claim: async () => true, close: async () => {} },
        failed: (_error, code) => void reported.push(code),
      })
      try {
        await until(() => got.size >= before / 4, 'the first')
        await own.kill()
        await until(() => reported.includes('source_lost'), 'the loss')
        expect(got.size).toBeLessThan(before)
        await own.start()
        const second = await insist(() => setUps[broker](own.url, settings, name))
        for (const n of numbers(before, after)) await second.send(String(n))
        await until(() => got.size >= before + after, 'the rest')
        expect([...got].sort((a, b) => a - b)).toEqual(numbers(0, before + after))
        expect(new Set(reported)).toEqual(new Set(['source_lost']))
        await running.stop(AbortSignal.timeout(5_000))
        await second.remove()
      } finally {
        await running.stop(AbortSignal.abort())
        await first.remove().catch(() => {})
        await own.remove()
      }
    }, 180_000)
  })
}

/** A broker that takes connections may not be ready for more. */
async function insist<T>(make: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await make()
    } catch (error) {
      if (tries === 40) throw error
      await sleep(250)
    }
  }
}
