import { matchesKeys } from './key-filter.ts'

const press = (key: string, held: object = {}) =>
  ({
    key,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    isComposing: false,
    ...held,
  }) as unknown as Event

test.each<[string[], Event, boolean]>([
  [['Enter'], press('Enter'), true],
  [['enter'], press('Enter'), true],
  [['Enter'], press('Enter', { shiftKey: true }), false],
  [['shift+Enter'], press('Enter', { shiftKey: true }), true],
  [['ctrl+s'], press('s', { ctrlKey: true }), true],
  [['ctrl+s'], press('S', { ctrlKey: true, shiftKey: true }), true],
  [['shift+ctrl+s'], press('s', { ctrlKey: true }), false],
  [['ctrl+s'], press('s', { ctrlKey: true, altKey: true }), false],
  [['?'], press('?', { shiftKey: true }), true],
  [['Space'], press(' '), true],
  [['ctrl+Plus'], press('+', { ctrlKey: true }), true],
  [['a', 'b'], press('b'), true],
  [['Enter'], press('Enter', { isComposing: true }), false],
  [['Enter'], new Event('click'), true],
])('%j and %o: %s', (keys, event, expected) => {
  expect(matchesKeys(event, keys)).toBe(expected)
})
