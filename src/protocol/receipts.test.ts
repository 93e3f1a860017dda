import { Receipts } from './receipts.ts'

function afterMessages(count: number, bytes: number): Receipts {
  const receipts = new Receipts()
  for (let i = 0; i < count; i++) receipts.add(bytes)
  return receipts
}

test.each([
  [63, 10, false],
  [64, 10, true],
  [1, 65_535, false],
  [2, 40_000, true],
])('after %s messages of %s bytes that nothing told of, a receipt is due: %s', (count, bytes, due) => {
  expect(afterMessages(count, bytes).due).toBe(due)
})

test('what was told in passing needs no receipt', () => {
  const receipts = afterMessages(64, 2_000)
  receipts.tell(60)
  expect([receipts.due, receipts.untold, receipts.count]).toEqual([false, true, 64])
  receipts.tell(64)
  expect(receipts.untold).toBe(false)
  // An older answer says nothing new.
  receipts.tell(3)
  expect(receipts.untold).toBe(false)
})

test('after a restart it counts from nothing', () => {
  const receipts = afterMessages(100, 2_000)
  receipts.restart()
  expect([receipts.count, receipts.due, receipts.untold]).toEqual([0, false, false])
})
