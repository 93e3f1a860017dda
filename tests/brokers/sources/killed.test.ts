import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrokerName, describeWithBroker } from '../../support/brokers.ts'
import { freshName, setUps } from './queues.ts'

const count = 10_000
const killedAt = [count * 0.25, count * 0.6]

/** What consumers have published, also those that were killed. */
class Published {
  readonly times = new Map<number, number>()
  all = 0
  private child: ChildProcess | undefined

  constructor(private readonly args: readonly string[]) {}

  get duplicates(): number {
    return this.all - this.times.size
  }

  start(): void {
    const script = path.join(__dirname, 'consumer.ts')
    const options = ['--conditions=liveroot-source', '--import', 'tsx', script, ...this.args]
    this.child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
    let rest = ''
    this.child.stdout?.on('data', (text: Buffer) => {
      const lines = (rest + text).split('\n')
      // The last line of a killed process may be cut.
      rest = lines.pop() as string
      for (const line of lines) this.count(Number(line.split(' ')[0]))
    })
  }

  private count(n: number): void {
    this.all += 1
    this.times.set(n, (this.times.get(n) ?? 0) + 1)
  }

  async kill(): Promise<void> {
    const { child } = this
    this.child = undefined
    if (child === undefined) return
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  }

  async until(published: () => boolean): Promise<void> {
    const end = Date.now() + 120_000
    while (!published()) {
      if (Date.now() > end) throw new Error(`Only ${this.times.size} of ${count} were published.`)
      await sleep(5)
    }
  }
}

for (const broker of Object.keys(setUps) as BrokerName[]) {
  describeWithBroker(broker, `${count} deliveries by ${broker}`, (url) => {
    test('none is lost and none published zero times, though the consumer is killed twice', async () => {
      const name = freshName()
      const subject = await setUps[broker](url, { prefetch: 64, leaseMs: 2_000 }, name)
      const published = new Published([broker, url, name])
      try {
        for (let n = 0; n < count; n += 500) {
          await Promise.all(Array.from({ length: 500 }, (_, i) => subject.send(String(n + i))))
        }
        const start = performance.now()
        published.start()
        for (const limit of killedAt) {
          await published.until(() => published.times.size >= limit)
          await published.kill()
          published.start()
        }
        await published.until(() => published.times.size >= count)
        const seconds = ((performance.now() - start) / 1_000).toFixed(1)
        process.stderr.write(
          `${broker}: ${count} deliveries, consumer killed twice, ${seconds} s, ${published.duplicates} duplicates\n`,
        )
        expect([...published.times.keys()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, n) => n),
        )
        // What was in the air when a consumer was killed, at most.
        expect(published.duplicates).toBeLessThanOrEqual(killedAt.length * 64)
        expect(await subject.deadLetters()).toEqual([])
      } finally {
        await published.kill()
        await subject.remove()
      }
    }, 240_000)
  })
}
