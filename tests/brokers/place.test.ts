import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { redisBus } from 'liveroot/redis'
import { createClient } from 'redis'
import { encodeValue } from '../../src/server/value-codec.ts'
import { LivePage } from '../durability/live-page.ts'
import { describeWithBroker } from '../support/brokers.ts'

const kills = 3

describeWithBroker('redis', 'a component that goes on in another process', (url) => {
  const prefix = `t${Math.random().toString(36).slice(2)}`
  let child: ChildProcess | null = null

  /** Returns the port, another one each time. */
  async function start(): Promise<number> {
    const script = 'tests/brokers/place-server.tsx'
    const args = ['--conditions', 'liveroot-source', '--import', 'tsx', script, url, prefix]
    child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [port] = await once(child, 'message')
    return port as number
  }

  async function kill(): Promise<void> {
    if (child === null || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = null
  }

  afterAll(async () => {
    await kill()
    const client = createClient({ url })
    await client.connect()
    const keys = await client.keys(`*${prefix}*`)
    if (keys.length > 0) await client.del(keys)
    await client.close()
  })

  test('has its state and then every message that it has missed, once and in order, without a gap', async () => {
    const bus = redisBus({ url, prefix })
    await bus.start({ history: () => 10_000, onError() {} })
    let port = await start()
    const page = new LivePage(() => port)
    const shown = () => page.text('log').split(' ').filter(Boolean)
    let sent = 0
    let sending = true
    const numbers = (async () => {
      for (; sending; sent++) {
        await bus.publish('numbers', encodeValue(sent))
        await sleep(5)
      }
    })()
    try {
      await page.until('the first numbers', () => shown().length > 20)
      // The first of its server to listen may be told of a gap; nothing after that is one.
      const settled = shown().length - 1
      for (let i = 0; i < kills; i++) {
        await kill()
        const before = sent
        await page.until('numbers that nobody shows', () => sent > before + 50)
        port = await start()
        await page.until('later numbers', () => Number(shown().at(-1)) > before + 50)
      }
      sending = false
      await numbers
      await page.until('the last number', () => shown().at(-1) === String(sent - 1))
      expect(breaksIn(shown().slice(settled))).toEqual([])
    } finally {
      sending = false
      await numbers
      await page.close()
      await bus.close()
    }
  }, 300_000)
})

/** Where a number does not come after the one before it. */
function breaksIn(numbers: readonly string[]): string[] {
  return numbers
    .map((each, i) => [numbers[i - 1], each])
    .filter(([before, after]) => before !== undefined && Number(after) !== Number(before) + 1)
    .map((pair) => pair.join(' before '))
}
