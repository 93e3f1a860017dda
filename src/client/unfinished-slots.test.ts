import { UnfinishedSlots } from './unfinished-slots.ts'

let slots: UnfinishedSlots

beforeEach(() => {
  slots = new UnfinishedSlots()
})

test('a slot shows the state before the first frame for it that is not on screen', () => {
  slots.add([1, 2], 3, 'transition')
  slots.add([2, 5], 4, 'held')
  expect([1, 2, 5, 6].map((slot) => slots.seen(slot, 2))).toEqual([2, 2, 2, 2])
  // What was applied at once meanwhile is on screen, what is held back is not.
  slots.add([6], 5, 'now')
  slots.shown(5, 2)
  expect([1, 2, 5, 6].map((slot) => slots.seen(slot, 5))).toEqual([2, 2, 3, 5])
  expect(slots.complete(5)).toBe(2)
  slots.shown(5, 4)
  expect([1, 2, 5, 6].map((slot) => slots.seen(slot, 5))).toEqual([5, 5, 5, 5])
  expect(slots.complete(5)).toBe(5)
})

test('only what waits holds back what comes later', () => {
  slots.add([1], 2, 'transition')
  expect([slots.none, slots.holds(1)]).toEqual([true, false])
  slots.add([2], 3, 'held')
  expect([slots.none, slots.holds(1), slots.holds(2)]).toEqual([false, false, true])
  slots.shown(3, 3)
  expect([slots.none, slots.holds(2)]).toEqual([true, false])
})

test('what was applied at once is shown in place of what a transition before it is to bring', () => {
  slots.add([1, 2], 2, 'transition')
  slots.add([1], 3, 'now')
  expect(slots.seen(1, 1)).toBe(1)
  slots.shown(3, 1)
  expect([slots.seen(1, 3), slots.seen(2, 3)]).toEqual([3, 1])
})

test('a slot that comes on screen shows all that has come for it', () => {
  slots.add([1], 2, 'now')
  slots.add([1, 2], 3, 'held')
  slots.mounted(1, 3)
  expect([slots.seen(1, 2), slots.seen(2, 2)]).toEqual([3, 2])
  expect(slots.holds(1)).toBe(false)
  // Of what comes now it shows the state before, as all do.
  slots.add([1], 4, 'transition')
  expect(slots.seen(1, 2)).toBe(3)
  slots.shown(4, 4)
  expect(slots.seen(1, 4)).toBe(4)
})

test('a page that shows nothing for long keeps a bounded account', () => {
  for (let sequence = 1; sequence <= 5000; sequence++) {
    slots.add([sequence % 10], sequence, sequence === 1 ? 'held' : 'transition')
  }
  expect((slots as unknown as { updates: unknown[] }).updates).toHaveLength(100)
  expect([slots.none, slots.seen(3, 0), slots.complete(0)]).toEqual([false, 0, 0])
  slots.shown(5000, 5000)
  expect([slots.none, slots.seen(3, 5000), slots.complete(5000)]).toEqual([true, 5000, 5000])
})
