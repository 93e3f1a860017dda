import { Outbox } from './outbox.ts'

function filled(maxBytes: number, ...messages: string[]) {
  const arrived: string[] = []
  const outbox = new Outbox<string>(maxBytes, (tag) => arrived.push(tag))
  for (const message of messages) outbox.add(message, message)
  return { outbox, arrived }
}

test('what the other side does not have is sent again, exactly', () => {
  const { outbox } = filled(10_000, 'a', 'b', 'c')
  expect([0, 1, 3].map((count) => outbox.after(count))).toEqual([['a', 'b', 'c'], ['b', 'c'], []])
  // More than was ever sent: the other side speaks of another session.
  expect(outbox.after(4)).toBeNull()
})

test('what has arrived is forgotten, oldest first, and told once', () => {
  const { outbox, arrived } = filled(10_000, 'a', 'b', 'c', 'd')
  const full = outbox.bytes
  outbox.acknowledge(2)
  outbox.acknowledge(1)
  expect([arrived, outbox.tags, outbox.after(2), outbox.after(1)]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
    null,
  ])
  expect(outbox.bytes).toBe(full / 2)
  // A count of what was never sent is no more than all.
  outbox.acknowledge(99)
  expect([arrived, outbox.bytes, outbox.sent]).toEqual([['a', 'b', 'c', 'd'], 0, 4])
})

test('one that has arrived says so of all before it: the last that is meant', () => {
  const { outbox, arrived } = filled(10_000, 'x', 'a', 'x', 'b')
  outbox.acknowledgeLast((tag) => tag === 'x')
  expect([arrived, outbox.tags]).toEqual([['x', 'a', 'x'], ['b']])
  outbox.acknowledgeLast((tag) => tag === 'x')
  expect(arrived).toHaveLength(3)
})

test('past its bytes the oldest are dropped, and are not taken to have arrived', () => {
  const { outbox, arrived } = filled(300, 'x'.repeat(50), 'y'.repeat(50), 'z'.repeat(50))
  expect([outbox.bytes <= 300, outbox.after(1), arrived]).toEqual([
    true,
    ['y'.repeat(50), 'z'.repeat(50)],
    [],
  ])
  expect(outbox.after(0)).toBeNull()
  outbox.add('w'.repeat(1_000), 'w')
  expect([outbox.bytes, outbox.after(3), outbox.after(4)]).toEqual([0, null, []])
})

test('empty messages are bounded too, and long use keeps nothing', () => {
  const { outbox } = filled(6_400)
  for (let i = 0; i < 10_000; i++) outbox.add('', '')
  expect(outbox.tags).toHaveLength(100)
  outbox.acknowledge(10_000)
  expect([outbox.tags, outbox.bytes]).toEqual([[], 0])
})

test('after a restart it counts from nothing', () => {
  const { outbox, arrived } = filled(10_000, 'a', 'b')
  outbox.restart()
  outbox.add('c', 'c')
  expect([outbox.sent, outbox.after(0), arrived]).toEqual([1, ['c'], []])
})
