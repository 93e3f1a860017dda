import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { type BusCase, until } from './bus-bench.ts'

/** What a bus must do when it loses its broker. */
export const lostConnectionCases: readonly BusCase[] = [
  [
    'a lost connection is made again; topics with history have no gap, the others are told',
    async (bench) => {
      const proxy = await bench.proxy()
      const [far, near] = [await bench.bus(proxy), await bench.bus()]
      const kept = await bench.hear(far, 'kept:r')
      const plain = await bench.hear(far, 'plain')
      await near.publish('kept:r', '1')
      await until('it has come', () => kept.all.length >= 1)
      proxy.down = true
      proxy.cut()
      await until('the loss is seen', () => far.state === 'connecting')
      ok(!kept.subscription.live)
      for (const n of ['2', '3']) await near.publish('kept:r', n)
      await near.publish('plain', 'missed')
      proxy.down = false
      await until('it is back', () => kept.subscription.live && plain.subscription.live)
      await near.publish('kept:r', '4')
      await near.publish('plain', 'heard')
      await until('all have come', () => kept.all.length >= 4 && plain.all.length >= 2)
      deepEqual(
        [kept.all, plain.all],
        [
          ['1', '2', '3', '4'],
          ['GAP', 'heard'],
        ],
      )
      ok(bench.errors.length > 0)
    },
  ],
  [
    'what is published while the broker is away arrives in order, once',
    async (bench) => {
      const proxy = await bench.proxy()
      const [far, near] = [await bench.bus(proxy), await bench.bus()]
      const heard = [await bench.hear(near, 'kept:a'), await bench.hear(near, 'plain')] as const
      const published: Promise<void>[] = []
      for (let i = 0; i < 400; i++) {
        published.push(far.publish(i % 2 === 0 ? 'kept:a' : 'plain', String(i)))
        if (i % 100 === 50) proxy.cut()
        if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
      }
      await Promise.all(published)
      await until('all have come', () => heard.every(({ all }) => all.length >= 200))
      const all = Array.from({ length: 400 }, (_, i) => String(i))
      deepEqual(
        heard[0].all,
        all.filter((_, i) => i % 2 === 0),
      )
      deepEqual(
        heard[1].all,
        all.filter((_, i) => i % 2 === 1),
      )
    },
  ],
  [
    'what waits for the broker has a bound',
    async (bench) => {
      const proxy = await bench.proxy()
      const far = await bench.bus(proxy, 5)
      proxy.down = true
      proxy.cut()
      await until('the loss is seen', () => far.state === 'connecting')
      const waiting = [1, 2, 3, 4, 5].map((n) => far.publish('b', String(n)))
      await rejects(far.publish('b', '6'), { code: 'bus_buffer_full' })
      proxy.down = false
      await Promise.all(waiting)
      await far.publish('b', '7')
    },
  ],
  [
    'a bus may start before its broker',
    async (bench) => {
      const proxy = await bench.proxy()
      proxy.down = true
      const far = bench.make(proxy)
      const started = bench.start(far)
      const heard = bench.listen(far, 'early')
      const published = far.publish('early', 'x')
      await until('it is told', () => bench.errors.length > 0)
      proxy.down = false
      await Promise.all([started, published, heard.subscription.ready])
      await far.publish('early', 'y')
      await until('the later one has come', () => heard.all.includes('y'))
    },
  ],
  [
    'a closed bus leaves no connection, nor does one that is closed while it looks for its broker',
    async (bench) => {
      const proxy = await bench.proxy()
      const far = await bench.bus(proxy)
      await bench.hear(far, 'kept:x')
      await bench.hear(far, '**')
      ok(proxy.connections > 0)
      await far.close()
      await until('no connection is left', () => proxy.connections === 0)
      proxy.down = true
      const other = bench.make(proxy)
      const started = rejects(bench.start(other), { code: 'bus_closed' })
      const waiting = rejects(other.publish('x', 'x'), { code: 'bus_closed' })
      await other.close()
      await Promise.all([started, waiting])
      equal(proxy.connections, 0)
    },
  ],
]
