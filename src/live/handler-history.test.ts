import { HandlerHistory } from './handler-history.ts'

const closures = (name: string) => new Map([['0.onClick', () => name]])

test('a click runs the closure of the frame that was on screen', () => {
  const history = new HandlerHistory()
  history.publish(closures('first'), 1, 0)
  history.publish(closures('second'), 2, 0)
  expect(history.find('0.onClick', 1, 100)?.()).toBe('first')
  expect(history.find('0.onClick', 2, 100)?.()).toBe('second')
})

test('closures that came without a frame replace those of the frame before', () => {
  const history = new HandlerHistory()
  history.publish(closures('old'), 1, 1)
  history.publish(closures('new'), 1, 1)
  expect(history.find('0.onClick', 1, 100)?.()).toBe('new')
})

test('what is acknowledged to be gone is forgotten', () => {
  const history = new HandlerHistory()
  history.publish(closures('old'), 1, 0)
  history.publish(null, 2, 0)
  history.publish(null, 3, 2)
  expect(history.find('0.onClick', 2, 100)).toBeUndefined()
  expect(history.find('0.onClick', 1, 100)).toBeUndefined()
})
