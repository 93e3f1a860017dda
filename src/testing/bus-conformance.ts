import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import { BusBench, type BusCase, type BusUnderTest, numbers, until } from './bus-bench.ts'
import { historyCases } from './bus-conformance-history.ts'
import { lostConnectionCases } from './bus-conformance-lost.ts'
import type { ConformanceCase } from './session-store-conformance.ts'

/**
 * What every bus must do, for the author of one: `for (const { name, run } of busConformance(engine)) test(name, run)`.
 * A case takes up to half a minute where the broker is slow.
 *
 * @param engine makes the buses.
 * @returns the cases; each cleans up after itself.
 */
export function busConformance(engine: BusUnderTest): ConformanceCase[] {
  const cases = engine.address === undefined ? allCases : [...allCases, ...lostConnectionCases]
  return cases.map(([name, run]) => ({
    name,
    async run() {
      const bench = new BusBench(engine)
      try {
        await run(bench)
      } finally {
        await bench.end()
      }
    },
  }))
}

const delivery: readonly BusCase[] = [
  [
    'messages come in the order of their publisher, each once; all see the same order where history is kept',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      for (const topic of ['plain', 'kept:order']) {
        const heard = [await bench.hear(a, topic), await bench.hear(b, topic)] as const
        const published = numbers(100).flatMap((n) => [a.publish(topic, `a${n}`), b.publish(topic, `b${n}`)])
        await Promise.all(published)
        await until('all have come', () => heard.every(({ all }) => all.length >= 200))
        if (topic.startsWith('kept')) deepEqual(heard[0].all, heard[1].all)
        for (const who of 'ab') {
          deepEqual(
            heard[0].all.filter((text) => text.startsWith(who)),
            numbers(100).map((n) => who + n),
          )
        }
      }
    },
  ],
  [
    'a topic hears its own messages alone, and other prefixes none',
    async (bench) => {
      const bus = await bench.bus()
      const heard = await bench.hear(bus, 'room:1')
      for (const topic of ['room:2', 'room', 'room:1:x', 'Room:1']) await bus.publish(topic, topic)
      await bus.publish('room:1', 'end')
      await until('the last one has come', () => heard.all.includes('end'))
      deepEqual(heard.all, ['end'])
    },
  ],
  [
    '`*` is one segment, `**` one or more',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const one = await bench.hear(b, 'room:*')
      const middle = await bench.hear(b, 'room:*:typing')
      const rest = await bench.hear(b, 'room:**')
      const every = await bench.hear(b, '**')
      const topics = ['room', 'room:1', 'room:2', 'room:1:typing', 'room:1:a:b', 'rooms:1']
      for (const topic of topics) await a.publish(topic, topic)
      await until('all have come', () => every.all.length >= topics.length && rest.all.length >= 4)
      await until('these, too', () => one.all.length >= 2 && middle.all.length >= 1)
      deepEqual(one.topics, ['room:1', 'room:2'])
      deepEqual(middle.topics, ['room:1:typing'])
      deepEqual(rest.topics, ['room:1', 'room:2', 'room:1:typing', 'room:1:a:b'])
      deepEqual(every.all, topics)
    },
  ],
  [
    'hostile names are names like any other',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const names = [
        'a.b',
        'a b',
        'a>',
        '#',
        'a*b',
        '\\',
        "'; drop table x; --",
        '"',
        '%',
        '{x}',
        '[a-z]',
        '?',
        'é😀',
        ':',
        'a::b',
        '\n',
        '\0',
        '$',
        '/',
        'kept:a.*x',
        'kept:\0 😀',
        'ab'.repeat(127),
        '.'.repeat(60),
        'x:'.repeat(11),
      ]
      for (const name of names) {
        const heard = await bench.hear(b, name)
        await a.publish(name, `to ${name}`)
        await until(`${JSON.stringify(name)} has come`, () => heard.all.length > 0)
        deepEqual([heard.topics, heard.all], [[name], [`to ${name}`]])
        await heard.subscription.end()
      }
      const wild = await bench.hear(b, 'wild:*')
      const segments = names.filter((name) => !name.includes(':') && name.length < 200)
      for (const name of segments) await a.publish(`wild:${name}`, 'x')
      await until('all have come', () => wild.all.length >= segments.length)
      deepEqual(
        wild.topics,
        segments.map((name) => `wild:${name}`),
      )
    },
  ],
  [
    'what is no topic is refused',
    async (bench) => {
      const bus = await bench.bus()
      const listener = { message() {}, gap() {} }
      for (const topic of ['', '*', 'a:**', 'x'.repeat(256), '\ud800', 'a:'.repeat(12)]) {
        await rejects(bus.publish(topic, ''), { code: 'bad_topic' })
      }
      for (const pattern of ['', '**:a', 'x'.repeat(256)]) {
        throws(() => bus.subscribe(pattern, null, listener), { code: 'bad_topic' })
      }
    },
  ],
  [
    'any text is carried as it is, large ones too',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const texts = ['', ' ', '\0\u0001\r\n', '"quoted" \\', 'é😀'.repeat(2_000), 'x'.repeat(900_000), 'end']
      for (const topic of ['texts', 'kept:texts']) {
        const heard = await bench.hear(b, topic)
        for (const text of texts) await a.publish(topic, text)
        await until('all have come', () => heard.all.length >= texts.length)
        deepEqual(heard.all, texts)
      }
    },
  ],
  [
    'a listener may publish; everybody gets the same order',
    async (bench) => {
      const bus = await bench.bus()
      bus.subscribe('echo', null, {
        message: ({ text }) => void (text === 'call' && bus.publish('echo', 'answer')),
        gap() {},
      })
      const heard = await bench.hear(bus, 'echo')
      await bus.publish('echo', 'call')
      await until('the answer has come', () => heard.all.length >= 2)
      deepEqual(heard.all, ['call', 'answer'])
    },
  ],
]

const ends: readonly BusCase[] = [
  [
    'a subscription that has ended hears nothing, and the others go on',
    async (bench) => {
      const bus = await bench.bus()
      const [one, other] = [await bench.hear(bus, 'e'), await bench.hear(bus, 'e')]
      await one.subscription.end()
      await one.subscription.end()
      await bus.publish('e', 'x')
      await until('it has come', () => other.all.length >= 1)
      await other.subscription.end()
      const again = await bench.hear(bus, 'e')
      await bus.publish('e', 'y')
      await until('it has come', () => again.all.length >= 1)
      deepEqual([one.all, other.all, again.all], [[], ['x'], ['y']])
    },
  ],
  [
    'what is published before the close is taken; after it nothing is',
    async (bench) => {
      const [a, b] = [await bench.bus(), await bench.bus()]
      const heard = await bench.hear(b, 'last')
      const last = a.publish('last', 'words')
      const closed = a.close()
      await Promise.all([last, closed])
      await until('it has come', () => heard.all.length >= 1)
      equal(a.state, 'closed')
      await rejects(a.publish('last', 'x'), { code: 'bus_closed' })
      await rejects(bench.start(a), { code: 'bus_closed' })
      const dead = a.subscribe('last', null, { message() {}, gap() {} })
      await dead.end()
      ok(!dead.live)
      await a.close()
    },
  ],
]

const allCases = [...delivery, ...historyCases, ...ends]
