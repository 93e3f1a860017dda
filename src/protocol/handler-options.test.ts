import fc from 'fast-check'
import { type HandlerOptions, readOptions, writeOptions } from './handler-options.ts'

const flag = fc.boolean()
const time = fc.nat().map((ms) => ms / 4)
const keyName = fc.constantFrom('Enter', 'k', 'ctrl+s', '+', 'd20', 'p', 'é')

test('options arrive as they were written', () => {
  const options = fc.record(
    {
      prevent: flag,
      stop: flag,
      once: flag,
      passive: flag,
      latest: flag,
      files: flag,
      debounceMs: time,
      throttleMs: time,
      keys: fc.array(keyName, { minLength: 1 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(options, (given: HandlerOptions) => expect(readOptions(writeOptions(given))).toEqual(given)),
  )
})

test('they are short', () => {
  expect(writeOptions({ debounceMs: 300 })).toBe('d300')
  expect(writeOptions({ prevent: true, passive: false, keys: ['Enter', 'ctrl+s'] })).toBe(
    'p v- kEnter kctrl+s',
  )
})
