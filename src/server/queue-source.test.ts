import { Child } from '../../tests/processes/child.ts'
import { source } from './queue-source.ts'
import type { Delivery, Queue, QueueListener, SourceHost } from './source.ts'

const host: SourceHost = {
  publish: async () => {},
  locks: { claim: async () => true, close: async () => {} },
  failed: (error) => {
    throw error
  },
}

/** A queue that brings what a test gives it. */
function setUp(handler: Parameters<typeof source>[1]) {
  let listener: QueueListener | undefined
  const queue: Queue = {
    name: 'a queue',
    start: (listening) => {
      listener = listening
      return { stop: async () => {} }
    },
  }
  const running = source(queue, handler).start(host)
  const deliver = (id: string) => listener?.deliver(deliveryOf(id))
  return { running, deliver }
}

function deliveryOf(id: string): Delivery {
  const nothing = async () => {}
  return {
    id,
    body: Buffer.from('1'),
    headers: {},
    attempt: 1,
    ack: nothing,
    retry: nothing,
    deadLetter: nothing,
  }
}

test('nothing is kept of deliveries that are settled', async () => {
  const child = Child.start(new URL('../../tests/triggers/many-deliveries.ts', import.meta.url))
  // What every run loads and compiles.
  await child.ask('bring', 20_000)
  const before = await child.ask<number>('bring', 1_000)
  const after = await child.ask<number>('bring', 100_000)
  await child.stop()
  expect(after - before).toBeLessThan(2_000_000)
}, 120_000)

test('who gives up ends the handlers that run, and those that begin after', async () => {
  const reasons: string[] = []
  const { running, deliver } = setUp((_body, { id, signal }) => {
    const ended = () => void reasons.push(`${id}: ${signal.reason.code}`)
    if (signal.aborted) return ended()
    return new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(ended()))
    })
  })
  const giveUp = new AbortController()
  const handled = [deliver('1'), deliver('2')]
  const stopped = running.stop(giveUp.signal)
  giveUp.abort()
  await Promise.all([...handled, stopped, deliver('3')])
  expect(reasons).toEqual(['1', '2', '3'].map((id) => `${id}: server_closing`))
})
