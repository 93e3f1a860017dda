import { setTimeout as sleep } from 'node:timers/promises'
import type { PresenceEntry } from '../live/presence.ts'
import type { Bus, BusListener, BusMessage } from './bus.ts'
import { MemoryHub, memoryBus } from './memory-bus.ts'
import { BusPresence } from './presence.ts'
import { serversTopic } from './presence-messages.ts'

const leaseMs = 300
const opened: { presence: BusPresence; bus: Bus }[] = []
const errors: unknown[] = []

/** A server's presence; `lose` makes its bus lose messages that it should hear. */
async function serve(hub: MemoryHub, lose: (message: BusMessage) => boolean = () => false) {
  const bus = memoryBus({ hub })
  await bus.start({ history: () => 0, onError() {} })
  const lossy: Bus = {
    get state() {
      return bus.state
    },
    start: (settings) => bus.start(settings),
    publish: (topic, text) => bus.publish(topic, text),
    position: (pattern) => bus.position(pattern),
    close: () => bus.close(),
    subscribe: (pattern, from, listener: BusListener) =>
      bus.subscribe(pattern, from, {
        message: (message) => void (lose(message) || listener.message(message)),
        gap: () => listener.gap(),
      }),
  }
  const presence = new BusPresence(lossy, leaseMs, (error) => errors.push(error))
  const opening = { presence, bus }
  opened.push(opening)
  return opening
}

/** As a process that is killed: it says nothing more. */
async function kill({ presence, bus }: { presence: BusPresence; bus: Bus }) {
  await bus.close()
  await presence.part.stop?.(new AbortController().signal)
}

afterEach(async () => {
  for (const { presence, bus } of opened.splice(0)) {
    await presence.part.stop?.(new AbortController().signal)
    await bus.close()
  }
  expect(errors.splice(0)).toEqual([])
})

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${condition}`)
    await sleep(5)
  }
}

function watch(presence: BusPresence, topic: string) {
  const said: string[] = []
  const end = presence.watch(topic, {
    changed() {},
    joined: ({ key }) => said.push(`+${key}`),
    left: ({ key, metas }) => said.push(`-${key} ${metas.join()}`),
  })
  return {
    said,
    end,
    keys: () =>
      presence
        .entries(topic)
        .map(({ key }) => key)
        .join(),
  }
}

const metas = (entries: readonly PresenceEntry<unknown>[]) =>
  entries.map(({ key, metas: all }) => `${key}:${all.join('+')}`)

test('the places of a person are one entry, on one server and on two; the last one to leave is the end', async () => {
  const hub = new MemoryHub()
  const [a, b] = [await serve(hub), await serve(hub)]
  const seen = watch(b.presence, 'room')
  const looker = watch(a.presence, 'room')
  // Both know by then that nobody is there.
  await sleep(50)
  looker.end()
  const first = a.presence.join('room', 'ann', 'tab 1')
  const second = a.presence.join('room', 'ann', 'tab 2')
  await until(() => metas(b.presence.entries('room')).join() === 'ann:tab 1+tab 2')
  const third = b.presence.join('room', 'ann', 'phone')
  await until(() => metas(a.presence.entries('room')).join() === 'ann:tab 1+tab 2+phone')
  second.update('tab 2 typing')
  await until(() => metas(b.presence.entries('room')).join().includes('typing'))
  first.leave()
  third.leave()
  await until(() => metas(b.presence.entries('room')).join() === 'ann:tab 2 typing')
  expect(seen.said).toEqual(['+ann'])
  second.leave()
  await until(() => seen.keys() === '')
  await until(() => seen.said.length === 2)
  expect(seen.said).toEqual(['+ann', '-ann tab 2 typing'])
})

test('a server that is new in a room gets all who are there, in parts, and hears of nobody as new', async () => {
  const hub = new MemoryHub()
  const a = await serve(hub)
  const many = 2_300
  for (let i = 0; i < many; i++) a.presence.join('hall', `user ${i}`, i)
  await until(() => a.presence.entries('hall').length === many)
  const b = await serve(hub)
  const seen = watch(b.presence, 'hall')
  await until(() => b.presence.entries('hall').length === many)
  a.presence.join('hall', 'late', 0)
  await until(() => seen.said.length > 0)
  expect(seen.said).toEqual(['+late'])
  expect(metas(b.presence.entries('hall'))[1_234]).toBe('user 1234:1234')
})

test('one change among thousands is told as one change', async () => {
  const hub = new MemoryHub()
  const heard: string[] = []
  const [a, b] = [await serve(hub), await serve(hub, ({ text }) => heard.push(text) < 0)]
  watch(b.presence, 'hall')
  for (let i = 0; i < 2_000; i++) a.presence.join('hall', `user ${i}`, i)
  await until(() => b.presence.entries('hall').length === 2_000)
  heard.length = 0
  const before = b.presence.entries('hall')
  a.presence.join('hall', 'one more', 0)
  await until(() => b.presence.entries('hall').length === 2_001)
  const changes = heard.filter((text) => text.includes('"change"'))
  expect(changes).toHaveLength(1)
  expect(changes[0]?.length).toBeLessThan(200)
  // Those who did not change are the same objects, so that what shows them is not rendered again.
  expect(b.presence.entries('hall')[77]).toBe(before[77])
})

test('those of a server that says nothing more leave with its lease; those of one that ends leave at once', async () => {
  const hub = new MemoryHub()
  const [a, b, c] = [await serve(hub), await serve(hub), await serve(hub)]
  a.presence.join('room', 'ann', '')
  b.presence.join('room', 'bob', '')
  await until(() => a.presence.entries('room').length === 2 && b.presence.entries('room').length === 2)
  const seen = watch(c.presence, 'room')
  await until(() => c.presence.entries('room').length === 2)
  await kill(a)
  await until(() => seen.keys() === 'bob')
  await b.presence.part.stop?.(new AbortController().signal)
  await until(() => seen.keys() === '')
  expect(seen.said).toEqual(['-ann ', '-bob '])
})

test('a server that was taken for dead comes back with its people', async () => {
  const hub = new MemoryHub()
  const a = await serve(hub)
  let deaf = false
  const b = await serve(hub, ({ topic }) => deaf && topic === serversTopic)
  a.presence.join('room', 'ann', '')
  await until(() => a.presence.entries('room').length === 1)
  const seen = watch(b.presence, 'room')
  await until(() => seen.keys() === 'ann')
  deaf = true
  await until(() => seen.keys() === '')
  deaf = false
  await until(() => seen.keys() === 'ann')
  await until(() => seen.said.length === 2)
  expect(seen.said).toEqual(['-ann ', '+ann'])
})

test('a change that is lost is noticed with the next one, and made good', async () => {
  const hub = new MemoryHub()
  const a = await serve(hub)
  let losing = false
  let lost = 0
  const b = await serve(hub, ({ text }) => {
    const lose = losing && text.includes('"change"')
    if (lose) lost++
    return lose
  })
  const seen = watch(b.presence, 'room')
  const ann = a.presence.join('room', 'ann', '')
  await until(() => seen.keys() === 'ann')
  losing = true
  ann.leave()
  a.presence.join('room', 'bob', '')
  await until(() => lost > 0)
  losing = false
  a.presence.join('room', 'cid', '')
  await until(() => seen.keys() === 'bob,cid')
})

test('a room that nobody uses is forgotten', async () => {
  const hub = new MemoryHub()
  const [a, b] = [await serve(hub), await serve(hub)]
  const { end } = watch(b.presence, 'room')
  const ann = a.presence.join('room', 'ann', '')
  await until(() => b.presence.entries('room').length === 1)
  ann.leave()
  await until(() => b.presence.entries('room').length === 0)
  end()
  expect((a.presence as unknown as { rooms: Map<string, unknown> }).rooms.size).toBe(0)
  expect((b.presence as unknown as { rooms: Map<string, unknown> }).rooms.size).toBe(0)
})
