import fc from 'fast-check'
import { diff, listStep } from './diff.ts'
import { ListScript } from './list-script.ts'
import { Handler, Hole, TemplateElement, type TemplateNode } from './template.ts'

const element = (props: Record<string, TemplateNode>, key: string | null = null, type = 'p') =>
  new TemplateElement(type, key, props, null)

const edits = (before: TemplateNode, after: TemplateNode, replaced: string[] = []) =>
  diff(before, after, replaced.length === 0 ? null : new Set(replaced))

test('equal templates have no edits, also when nothing in them is identical', () => {
  const make = () =>
    element({
      title: 'x',
      style: { color: 'red', deep: [1, { a: null }] },
      children: ['a', element({}, 'k')],
    })
  expect(edits(make(), make())).toEqual([])
})

test('a change is addressed where it is', () => {
  expect(edits(element({ children: 'a' }), element({ children: 'b' }))).toEqual([{ path: [0], value: 'b' }])
  expect(edits(element({ title: 'a' }), element({ title: 'b' }))).toEqual([{ path: ['title'], value: 'b' }])
  expect(edits(element({ style: { a: 1, b: 2 } }), element({ style: { a: 1, b: 3 } }))).toEqual([
    { path: ['style', 'b'], value: 3 },
  ])
  const nested = (text: string) => element({ children: ['x', element({ children: ['y', text] })] })
  expect(edits(nested('1'), nested('2'))).toEqual([{ path: [1, 1], value: '2' }])
})

test('a prop or a field that is gone is taken away', () => {
  expect(edits(element({ title: 'a', id: 'i' }), element({ id: 'i' }))).toEqual([
    { path: ['title'], value: undefined },
  ])
  expect(edits(element({ data: { a: 1, b: 2 } }), element({ data: { a: 1 } }))).toEqual([
    { path: ['data', 'b'], value: undefined },
  ])
})

test('a field that becomes undefined sends its object: an edit could not tell it from none', () => {
  const after = { a: undefined, b: 2 }
  expect(edits(element({ data: { a: 1, b: 2 } }), element({ data: after }))).toEqual([
    { path: ['data'], value: after },
  ])
})

test('another type or key at the top sends the whole', () => {
  expect(edits(element({}), element({}, null, 'b'))).toBeNull()
  expect(edits(element({}), element({}, 'key'))).toBeNull()
  expect(edits('a', 'b')).toBeNull()
  expect(edits(null, element({}))).toBeNull()
})

test('a handler or a hole in the same place is the same', () => {
  const make = () => element({ onClick: new Handler('0.onClick'), children: new Hole('0p.0', null) })
  expect(edits(make(), make())).toEqual([])
  const moved = element({ onClick: new Handler('1.onClick'), children: new Hole('0b.0', null) })
  expect(edits(make(), moved)?.map(({ path }) => path)).toEqual([['onClick'], [0]])
})

test('a hole with another instance in it is written again, wherever it stands', () => {
  const same = element({ title: { deep: [new Hole('a', null)] }, children: ['x', new Hole('b', 'k')] })
  expect(edits(same, same)).toEqual([])
  expect(edits(same, same, ['a'])?.map(({ path }) => path)).toEqual([['title', 'deep', 0]])
  expect(edits(same, same, ['b'])?.map(({ path }) => path)).toEqual([[1]])
})

test('a list that changed its order is scripted first, and then edited in its new places', () => {
  const row = (key: string, text: string) => element({ children: text }, key, 'li')
  const before = element({ children: [row('a', '1'), row('b', '2'), row('c', '3')] })
  const after = element({ children: [row('c', '3'), row('x', 'new'), row('a', '9')] })
  expect(edits(before, after)).toEqual([
    {
      path: [listStep],
      value: new ListScript([{ start: 2, count: 1 }, { item: row('x', 'new') }, { start: 0, count: 1 }]),
    },
    { path: [2, 0], value: '9' },
  ])
})

test('the edits of a list say nothing of what they left alone', () => {
  const rows = fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(rows, fc.nat(), (keys, pick) => {
      const make = (changed: number) =>
        element({
          children: keys.map((key) => element({ children: key === changed ? 'new' : 'old' }, `${key}`)),
        })
      const at = pick % keys.length
      expect(edits(make(-1), make(keys[at] as number))).toEqual([{ path: [at, 0], value: 'new' }])
    }),
  )
})

test('tells what the edits take off the screen, and nothing that stays', () => {
  const gone = element({ children: 'gone' }, null, 'b')
  const kept = element({ children: 'kept' }, null, 'i')
  const before = element({ title: 'a', data: [1], children: [gone, kept, 'text'] })
  const after = element({ title: 'b', data: 2, children: ['new', kept, 'other text'] })
  const lost: unknown[] = []
  expect(diff(before, after, null, { lost: (node) => lost.push(node) })).toHaveLength(4)
  expect(lost).toEqual([before.props.data, gone])
  lost.length = 0
  diff(before, element({}, null, 'div'), null, { lost: (node) => lost.push(node) })
  expect(lost).toEqual([before])
})
