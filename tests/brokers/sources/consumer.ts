// Run by killed.test.ts in a process of its own, which is killed in the midst of its work: one line for each publish that the
// bus has taken.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { source } from '../../../src/server/queue-source.ts'
import type { BrokerName } from '../../support/brokers.ts'
import { queueOf } from './queue-of.ts'

const [broker, url, name] = process.argv.slice(2) as [BrokerName, string, string]

source<number>(queueOf[broker](url, name, { prefetch: 64, leaseMs: 2_000 }), (n, { publish, attempt }) => {
  // It is not awaited: the source has to.
  publish('numbers', `${n} ${attempt}`)
}).start({
  // A bus takes its time, and has nothing before it says so.
  publish: async (_topic, line) => {
    await sleep(Math.random() * 10)
    writeSync(1, `${line}\n`)
  },
  locks: { claim: async () => true, close: async () => {} },
  failed: (error, code) => console.error(code, error),
})
