import fc from 'fast-check'
import { listScript } from './list-script.ts'
import { TemplateElement, type TemplateNode } from './template.ts'

const item = (key: string | null, title: unknown = key) => new TemplateElement('li', key, { title }, null)

function run(before: readonly TemplateNode[], after: readonly TemplateNode[]): TemplateNode[] {
  const { script } = listScript(before, after)
  if (script === null) return [...before]
  return script.parts.flatMap((part) =>
    'item' in part ? [part.item] : before.slice(part.start, part.start + part.count),
  )
}

const titles = (items: readonly TemplateNode[]) =>
  items.map((each) => (each as TemplateElement | null)?.key ?? each)

const keys = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 12 })
const list = keys.chain((all) =>
  fc.tuple(...all.map((key) => fc.boolean().map((keyed) => (keyed ? item(key) : key)))),
)

test('the old list made over by the script has the items of the new one, in order', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const { script, origins } = listScript(before, after)
      const made = run(before, after)
      expect(made).toHaveLength(after.length)
      for (const [i, each] of after.entries()) {
        const key = (each as { key?: string }).key
        // Without a key a place is matched, and its content is for the edits that follow.
        if (key !== undefined) expect(titles([made[i]])).toEqual([key])
        const origin = origins === null ? i : (origins[i] as number)
        if (script !== null && origin >= 0) expect(made[i]).toBe(before[origin])
      }
    }),
  )
})

test('no old item is used twice', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const used = (listScript(before, after).origins ?? []).filter((origin) => origin >= 0)
      expect(new Set(used).size).toBe(used.length)
    }),
  )
})

test('the same keys in the same places need no script', () => {
  expect(listScript([item('a', 1), 'x'], [item('a', 2), 'y']).script).toBeNull()
})

test.each([
  ['prepending', ['x', 'a', 'b', 'c'], [{ item: item('x') }, { start: 0, count: 3 }]],
  ['appending', ['a', 'b', 'c', 'x'], [{ start: 0, count: 3 }, { item: item('x') }]],
  [
    'removing',
    ['a', 'c'],
    [
      { start: 0, count: 1 },
      { start: 2, count: 1 },
    ],
  ],
  [
    'moving',
    ['c', 'a', 'b'],
    [
      { start: 2, count: 1 },
      { start: 0, count: 2 },
    ],
  ],
  ['emptying', [], []],
])('%s takes the fewest runs', (_, after, parts) => {
  const of = (all: readonly string[]) => all.map((key) => item(key))
  expect(listScript(of(['a', 'b', 'c']), of(after)).script?.parts).toEqual(parts)
})

test('of two items with one key the second is new', () => {
  const [first, second] = [item('a', 1), item('a', 2)]
  expect(listScript([item('a', 0)], [first, second]).origins).toEqual([0, -1])
})
