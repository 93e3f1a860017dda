import type { MessageInfo } from '../live/services.ts'
import type { Bus, BusListener } from './bus.ts'
import { fromOldest } from './bus.ts'
import { MemoryHub, memoryBus } from './memory-bus.ts'
import { BusTopics } from './topics.ts'

const opened: BusTopics[] = []
const errors: { code: string; error: unknown }[] = []
const kept = { 'kept:**': { history: 5 } }

function serve(hub: MemoryHub, bus: Bus = memoryBus({ hub })): BusTopics {
  const topics = new BusTopics(bus, kept, (error, { code }) => errors.push({ code, error }))
  opened.push(topics)
  return topics
}

afterEach(async () => {
  for (const topics of opened.splice(0)) await topics.close()
  errors.length = 0
})

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

const place = (topics: BusTopics, topic: string, replay = false) => topics.place(topic, replay)

function listen(topics: BusTopics, from: ReturnType<BusTopics['place']>) {
  const got: unknown[] = []
  const infos: MessageInfo[] = []
  const leave = topics.subscribe(from, {
    message: (data, info) => {
      got.push(data)
      infos.push(info)
    },
    gap: () => got.push('GAP'),
  })
  return { got, infos, leave }
}

/** A place as it comes back from a snapshot. */
const restored = (from: ReturnType<BusTopics['place']>) => JSON.parse(JSON.stringify(from))

test('nothing falls between the render that takes a place and the effect that subscribes', async () => {
  const topics = serve(new MemoryHub())
  await topics.publish('news', 'before')
  const taken = place(topics, 'news')
  await topics.publish('news', 'between')
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { got } = listen(topics, taken)
  await topics.publish('news', 'after')
  await until(() => got.length === 2)
  expect(got).toEqual(['between', 'after'])
})

test('all listeners of a server get the same object, decoded once; the publisher keeps its own', async () => {
  const topics = serve(new MemoryHub())
  const heard = [listen(topics, place(topics, 'news')), listen(topics, place(topics, 'news'))] as const
  const sent = { at: new Date(0), tags: new Set(['a']) }
  await topics.publish('news', sent)
  await until(() => heard.every(({ got }) => got.length === 1))
  expect(heard[0].got[0]).toEqual(sent)
  expect(heard[0].got[0]).not.toBe(sent)
  expect(heard[1].got[0]).toBe(heard[0].got[0])
})

test('however many listen to a pattern, the engine has one subscription', async () => {
  const bus = memoryBus()
  const subscribe = jest.spyOn(bus, 'subscribe')
  const topics = serve(new MemoryHub(), bus)
  for (let i = 0; i < 50; i++) listen(topics, place(topics, 'room:*'))
  expect(subscribe).toHaveBeenCalledTimes(1)
})

test('a place of another server goes on where it was, each message once', async () => {
  const hub = new MemoryHub()
  const [a, b] = [serve(hub), serve(hub)]
  const here = place(a, 'kept:x')
  const first = listen(a, here)
  await a.publish('kept:x', 1)
  await until(() => first.got.length === 1)
  const snapshot = restored(here)
  first.leave()
  await a.publish('kept:x', 2)
  // Others listen there already.
  const other = listen(b, place(b, 'kept:x'))
  const later = listen(b, snapshot)
  await a.publish('kept:x', 3)
  await until(() => later.got.length === 2 && other.got.length === 1)
  await a.publish('kept:x', 4)
  await until(() => later.got.length === 3)
  expect([later.got, other.got]).toEqual([
    [2, 3, 4],
    [3, 4],
  ])
})

test('the place moves with the messages, so that a second move goes on from there', async () => {
  const hub = new MemoryHub()
  const [a, b] = [serve(hub), serve(hub)]
  const here = place(a, 'kept:x')
  // Before anything has come, too.
  const snapshot = restored(here)
  await a.publish('kept:x', 1)
  const second = listen(b, snapshot)
  await until(() => second.got.length === 1)
  const again = restored(snapshot)
  second.leave()
  await a.publish('kept:x', 2)
  const third = listen(a, again)
  await until(() => third.got.length === 1)
  expect([second.got, third.got]).toEqual([[1], [2]])
})

test('a gap is told where more was missed than is kept, and where nothing is', async () => {
  const hub = new MemoryHub()
  const [a, b] = [serve(hub), serve(hub)]
  const places = ['kept:x', 'plain'].map((topic) => restored(place(a, topic)))
  for (let i = 0; i < 9; i++) await a.publish('kept:x', i)
  const [held, plain] = places.map((from) => listen(b, from))
  await until(() => held?.got.length === 6 && plain?.got.length === 1)
  expect([held?.got, plain?.got]).toEqual([['GAP', 4, 5, 6, 7, 8], ['GAP']])
})

test('many that come from the same place have one reading of the engine', async () => {
  const hub = new MemoryHub()
  const a = serve(hub)
  const snapshot = JSON.stringify(place(a, 'kept:x'))
  await a.publish('kept:x', 1)
  const bus = memoryBus({ hub })
  const subscribe = jest.spyOn(bus, 'subscribe')
  const b = serve(hub, bus)
  const all = Array.from({ length: 40 }, () => listen(b, JSON.parse(snapshot)))
  await until(() => all.every(({ got }) => got.length === 1))
  expect(subscribe).toHaveBeenCalledTimes(2)
})

test('replay begins with what is kept', async () => {
  const topics = serve(new MemoryHub())
  for (let i = 0; i < 7; i++) await topics.publish('kept:x', i)
  const { got, infos } = listen(topics, place(topics, 'kept:*', true))
  await until(() => got.length === 5)
  await topics.publish('kept:y', 'new')
  await until(() => got.length === 6)
  expect(got).toEqual([2, 3, 4, 5, 6, 'new'])
  expect(infos.at(-1)).toEqual({ topic: 'kept:y' })
  expect(place(topics, 'kept:x', true).position).toBe(fromOldest)
})

test('who renders before the engine delivers is told that something may be missing', async () => {
  const bus = memoryBus()
  let becomeReady = () => {}
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })
  const late: Bus = Object.create(bus, {
    subscribe: {
      value: (pattern: string, from: string | null, listener: BusListener) =>
        Object.create(bus.subscribe(pattern, from, listener), {
          live: { value: false, writable: true },
          ready: { value: ready },
        }),
    },
  })
  const topics = serve(new MemoryHub(), late)
  const { got } = listen(topics, place(topics, 'news'))
  await topics.publish('news', 1)
  await until(() => got.length === 1)
  becomeReady()
  await until(() => got.length === 2)
  expect(got).toEqual([1, 'GAP'])
})

test('a publication that fails is reported, harms nothing where it is ignored, and rejects for who waits', async () => {
  const topics = serve(new MemoryHub())
  const published = topics.publish('news', { save() {} })
  await expect(published).rejects.toMatchObject({ code: 'value_not_serializable' })
  void topics.publish('', 1)
  await topics.close()
  void topics.publish('news', 1)
  await until(() => errors.length === 3)
  expect(errors.map(({ code }) => code)).toEqual(['publish_failed', 'publish_failed', 'publish_failed'])
})

test('what is no message of Liveroot is reported, and the next one comes', async () => {
  const hub = new MemoryHub()
  const topics = serve(hub)
  const { got } = listen(topics, place(topics, 'news'))
  hub.publish('news', 'not a value', 0)
  await topics.publish('news', 1)
  await until(() => got.length === 1)
  expect(errors.map(({ code }) => code)).toEqual(['bad_message'])
})

test('a declaration that is none is refused', () => {
  expect(() => new BusTopics(memoryBus(), { '': { history: 1 } }, () => {})).toThrow('empty')
  expect(() => new BusTopics(memoryBus(), { a: { history: -1 } }, () => {})).toThrow('count of messages')
})
