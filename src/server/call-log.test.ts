import { CallLog } from './call-log.ts'

const lost = (call: number) => `lost ${call}`

test('a call is running until it is answered, and known until the answer has arrived', () => {
  const log = new CallLog(10_000, lost)
  log.begin(7)
  expect([log.find(7), log.find(8)]).toEqual([null, undefined])
  log.answered(7, 'r7,1')
  expect(log.find(7)).toBe('r7,1')
  log.forget(7)
  expect(log.find(7)).toBeUndefined()
  // One that nobody has made is not made by its answer.
  log.answered(9, 'r9,1')
  expect(log.find(9)).toBeUndefined()
})

test('past its bytes the oldest answers are given up, and their calls still known: they do not run again', () => {
  const log = new CallLog(1_000, lost)
  for (const call of [1, 2, 3, 4]) {
    log.begin(call)
    log.answered(call, 'x'.repeat(300))
  }
  expect([1, 2, 3, 4].map((call) => String(log.find(call)).slice(0, 6))).toEqual([
    'lost 1',
    'lost 2',
    'xxxxxx',
    'xxxxxx',
  ])
})

test('calls that run are not given up, whatever the others take', () => {
  const log = new CallLog(200, lost)
  log.begin(1)
  log.begin(2)
  log.answered(2, 'x'.repeat(500))
  expect([log.find(1), log.find(2)]).toEqual([null, 'lost 2'])
  log.answered(1, 'r1,1')
  expect(log.find(1)).toBe('r1,1')
})

test('small answers that are never said to have arrived are bounded too', () => {
  const log = new CallLog(6_400, lost)
  for (let call = 0; call < 10_000; call++) {
    log.begin(call)
    log.answered(call, 'r')
  }
  expect(log.all().length).toBeLessThanOrEqual(100)
  expect(log.find(9_999)).toBe('r')
})

test('what it has can be taken to another process: answers, not calls that were running', () => {
  const log = new CallLog(10_000, lost)
  for (const call of [1, 2, 3]) log.begin(call)
  log.answered(3, 'r3,1')
  log.answered(1, 'r1,2')
  const other = new CallLog(10_000, lost)
  other.restore(log.all().flatMap(({ call, answer }) => (answer === null ? [] : [{ call, answer }])))
  expect([1, 2, 3].map((call) => other.find(call))).toEqual(['r1,2', undefined, 'r3,1'])
  other.clear()
  expect(other.all()).toEqual([])
})

test('what is said of a lost answer is made for those that are lost, and not for every answer', () => {
  let made = 0
  const log = new CallLog(10_000, (call) => `${lost(call)} ${++made}`)
  const atFirst = made
  for (let call = 1; call <= 20; call++) {
    log.begin(call)
    log.answered(call, 'x'.repeat(100))
  }
  expect(made).toBe(atFirst)
})
