import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { fromOldest } from '../server/bus.ts'
import { type BusCase, keptMessages, numbers, until } from './bus-bench.ts'

/** What a bus must do for topics that keep history. */
export const historyCases: readonly BusCase[] = [
  [
    'a position goes on with the next message, on another bus, too',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const first = await bench.hear(a, 'kept:p')
      for (const n of numbers(3)) await a.publish('kept:p', n)
      await until('all have come', () => first.all.length >= 3)
      const later = await bench.hear(b, 'kept:p', first.positions[0] as string)
      deepEqual(later.all, ['2', '3'])
      await a.publish('kept:p', '4')
      await until('the new one has come', () => later.all.length >= 3)
      deepEqual(later.all, ['2', '3', '4'])
      // Whoever has a message knows it by the same position.
      deepEqual(first.positions.slice(1), later.positions)
      equal(later.subscription.position, later.positions.at(-1))
      const none = await bench.hear(b, 'kept:p', later.positions.at(-1) as string)
      await a.publish('kept:p', '5')
      await until('the next one has come', () => none.all.length >= 1)
      deepEqual(none.all, ['5'])
    },
  ],
  [
    'a position that is taken before misses nothing',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      await a.publish('kept:q', 'before')
      const position = await b.position('kept:q')
      notEqual(position, null)
      await a.publish('kept:q', 'between')
      const heard = await bench.hear(b, 'kept:q', position)
      deepEqual(heard.all, ['between'])
    },
  ],
  [
    'a subscription from the oldest message gets what is kept, and of each topic no more than asked for',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      for (const n of numbers(keptMessages + 5)) await a.publish('kept:o', n)
      await a.publish('kept:other', 'x')
      const one = await bench.hear(b, 'kept:o', fromOldest)
      deepEqual(one.all, numbers(keptMessages, 6))
      const both = await bench.hear(b, 'kept:*', fromOldest)
      deepEqual(both.all, [...numbers(keptMessages, 6), 'x'])
      equal((await bench.hear(b, 'kept:never', fromOldest)).all.length, 0)
    },
  ],
  [
    'a wildcard has positions, too',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const heard = await bench.hear(a, 'kept:w:*')
      for (const n of numbers(4)) await a.publish(`kept:w:${Number(n) % 2}`, n)
      await until('all have come', () => heard.all.length >= 4)
      const later = await bench.hear(b, 'kept:w:*', heard.positions[1] as string)
      deepEqual(later.all, ['3', '4'])
    },
  ],
  [
    'a gap is told where more has come than is kept, and only there',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const heard = await bench.hear(a, 'kept:g')
      await a.publish('kept:g', 'first')
      await until('it has come', () => heard.all.length >= 1)
      const position = heard.positions[0] as string
      for (const n of numbers(keptMessages)) await a.publish('kept:g', n)
      deepEqual((await bench.hear(b, 'kept:g', position)).all, numbers(keptMessages))
      await a.publish('kept:g', 'more')
      deepEqual((await bench.hear(b, 'kept:g', position)).all, [
        'GAP',
        ...numbers(keptMessages - 1, 2),
        'more',
      ])
    },
  ],
  [
    'a gap is told where no history is kept, and for a position of another engine',
    async (bench) => {
      const bus = await bench.bus()
      equal(await bus.position('plain'), null)
      const plain = await bench.hear(bus, 'plain', fromOldest)
      await bus.publish('plain', 'x')
      await until('it has come', () => plain.all.length >= 2)
      deepEqual([plain.all, plain.positions], [['GAP', 'x'], [null]])
      for (const strange of ['', 'x', 'abcdef.1.1', '...']) {
        deepEqual((await bench.hear(bus, 'kept:s', strange)).all, ['GAP'])
      }
    },
  ],
  [
    'a subscription that catches up while others publish misses nothing and gets nothing twice',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const first = await bench.hear(b, 'kept:c')
      await a.publish('kept:c', '0')
      await until('it has come', () => first.all.length >= 1)
      for (let round = 0; round < 10; round++) {
        const position = first.positions.at(-1) as string
        const known = first.all.length
        const published = numbers(4, known).map((n) => a.publish('kept:c', n))
        const late = bench.listen(b, 'kept:c', position)
        await Promise.all([...published, late.subscription.ready])
        await until('all have come', () => late.all.length >= 4 && first.all.length >= known + 4)
        deepEqual(late.all, numbers(4, known))
        await late.subscription.end()
      }
      deepEqual(first.all, ['0', ...numbers(40)])
    },
  ],
]
