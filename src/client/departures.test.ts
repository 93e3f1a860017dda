import { type Departure, Departures } from './departures.ts'

let open = false
let left: string[] = []
let changes = 0
let departures: Departures

beforeEach(() => {
  open = false
  left = []
  changes = 0
  departures = new Departures(() => void changes++)
})

function departure(name: string, call: number | null, more: Partial<Departure> = {}): Departure {
  return { call, ready: () => open, send: () => void left.push(name), ...more }
}

test('what can leave leaves at once; what cannot waits, and is counted', () => {
  departures.add(departure('now', 1, { ready: () => true }))
  departures.add(departure('later', 2))
  expect([left, departures.calls, departures.busy, changes]).toEqual([['now'], 1, true, 1])
})

test('nothing overtakes what waits, though it could leave itself', () => {
  departures.add(departure('call', 1))
  departures.add(departure('unmount', null, { ready: () => true }))
  expect([left, departures.calls]).toEqual([[], 1])
  open = true
  departures.pump()
  expect([left, departures.busy]).toEqual([['call', 'unmount'], false])
})

test('each goes as soon as it can: one that makes the next unready stops there', () => {
  let room = 2
  for (const name of ['a', 'b', 'c']) {
    const send = () => {
      room--
      left.push(name)
    }
    departures.add(departure(name, 1, { ready: () => open && room > 0, send }))
  }
  open = true
  departures.pump()
  expect([left, departures.calls]).toEqual([['a', 'b'], 1])
})

test('a newer value of a live argument takes the place of one that waits, and is no call', () => {
  departures.add(departure('call', 1))
  departures.add(departure('old', 1, { argument: 0 }))
  departures.add(departure('other', 1, { argument: 1 }))
  departures.add(departure('new', 1, { argument: 0 }))
  expect(departures.calls).toBe(1)
  open = true
  departures.pump()
  expect(left).toEqual(['call', 'new', 'other'])
})

test('what is sent again goes before all others; what nobody wants goes nowhere', () => {
  departures.add(departure('third', 3))
  departures.addFirst([departure('first', 1), departure('second', 2)])
  departures.drop((call) => call === 2)
  open = true
  departures.pump()
  expect(left).toEqual(['first', 'third'])
  expect(changes).toBe(4)
})
