import './same-dom/production.ts'
import './same-dom/environment.ts'
import { createBindings } from '../src/client/bind.ts'
import { absent, SlotStore } from '../src/client/slot-store.ts'
import { noFunctions, noSharedRoots } from './live-tree/no-functions.ts'
import { box, program, set, text } from './same-dom/programs.ts'
import { run } from './same-dom/run.ts'
import type { Spec, Step } from './same-dom/spec.ts'

test('an async component in a hidden Activity settles', async () => {
  const later: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [text('later')] }
  await run(program({ kind: 'activity', hidden: [true], children: [later] }))
})

test('an async component that is hidden and shown again goes on', async () => {
  const later: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [text('later')] }
  const waiting: Spec = { kind: 'suspense', label: 'wait', children: [later] }
  const memo: Spec = { kind: 'box', flavor: 'memo', name: 'B', revision: 0, variants: [waiting] }
  const activity: Spec = { kind: 'activity', hidden: [false, true], children: [memo] }
  await run(program(box('A', activity), [set('A', 1), set('A', 2), { do: 'resolve', which: 0 }]))
})

test('a browser that only waits lets a server with a small window go on', async () => {
  const later: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [text('later')] }
  await run(program(later, [{ do: 'resolve', which: 0 }], { window: 1, flood: true }))
})

test('another key on an only child starts it afresh', async () => {
  const inner = box('B', text('fresh'), text('old'))
  await run(
    program(box('A', { ...inner, key: 'a' } as Spec, { ...inner, key: 'b' } as Spec), [
      set('B', 1),
      set('A', 1),
    ]),
  )
  const wrapped = (key: string): Spec => ({
    kind: 'el',
    tag: 'p',
    key,
    attributes: {},
    sometimes: {},
    children: [inner],
  })
  await run(program(box('A', wrapped('a'), wrapped('b')), [set('B', 1), set('A', 1)]))
})

test('a keyless fragment in a prop is patched, also when React has written the frame', async () => {
  const left: Spec = { kind: 'fragment', bare: true, children: [{ kind: 'now' }] }
  const data = new Float64Array([0])
  const widget: Spec = {
    kind: 'widget',
    widget: 'Counter',
    children: [text('a'), text('b')],
    left,
    data: [data],
    action: null,
  }
  await run(program(box('A', widget), [set('A', 1)]))
})

test('elements in the data of a prop are patched, also where React has split them off', async () => {
  const left: Spec = {
    kind: 'el',
    tag: 'div',
    attributes: {},
    sometimes: {},
    children: [{ kind: 'rows', count: 80 }],
  }
  const show: Spec = {
    kind: 'widget',
    widget: 'Show',
    children: [],
    left,
    data: [new Float64Array([0])],
    action: null,
  }
  await run(program(box('A', show), [set('A', 1)]))
})

test('a fragment alone in a fragment has a level of its own', async () => {
  const fragment = (...children: Spec[]): Spec => ({ kind: 'fragment', bare: true, children })
  const inside: Spec = { kind: 'el', tag: 'div', attributes: {}, sometimes: {}, children: [] }
  const variants = [fragment(inside, text('x')), fragment(fragment(inside, text('x')))]
  const root: Spec = { kind: 'box', flavor: 'reducer', name: 'A', revision: 0, variants }
  await run(program(root, [set('A', 1), set('A', 0)]))
  const nested = variants.map((each) => fragment(each, text('y')))
  await run(program({ ...root, variants: nested } as Spec, [set('A', 1), set('A', 0)]))
})

test('neighbours without keys that are both replaced do not get the same key', async () => {
  const of = (flavor: 'reducer' | 'compare'): Spec[] =>
    ['B', 'C'].map((name) => ({ kind: 'box', flavor, name, revision: 0, variants: [text(flavor)] }))
  const list = (children: Spec[]): Spec => ({ kind: 'list', children })
  await run(program(box('A', list(of('reducer')), list(of('compare'))), [set('A', 1), set('A', 0)]))
})

test('the key of a replaced component is not the key of a neighbour', async () => {
  const first = (flavor: 'reducer' | 'compare'): Spec => ({
    kind: 'box',
    flavor,
    key: 'b',
    name: 'B',
    revision: 0,
    variants: [text(flavor)],
  })
  const neighbour: Spec = { kind: 'el', tag: 'div', key: 'b~1', attributes: {}, sometimes: {}, children: [] }
  const list = (...children: Spec[]): Spec => ({ kind: 'list', children })
  const variants = [list(first('reducer'), text('x')), list(first('compare'), neighbour)] as const
  await run(program(box('A', ...variants), [set('A', 1), set('A', 0)]))
})

test('an async component whose output waits for something goes on to its next output', async () => {
  const inner: Spec = { kind: 'await', flavor: 'lazy', promises: [1, 0], children: [] }
  const later: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [inner] }
  const suspense: Spec = { kind: 'suspense', label: 'wait', children: [later] }
  const steps: Step[] = [{ do: 'resolve', which: 0 }, set('A', 1)]
  await run(program(box('A', suspense), steps))
})

test('a slot that is gone does not suspend an older update that React still renders', () => {
  const store = new SlotStore(createBindings(noFunctions, noSharedRoots))
  store.take([[1, 'first']])
  const { gone } = store.take([[-1, 1, 2]])
  expect([store.read(1), store.read(2)]).toEqual(['first', null])
  store.forget(gone)
  expect([store.read(1), store.read(2)]).toEqual([absent, absent])
})

test('what a memoised component is given while its content waits is not ignored', async () => {
  const waits: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [text('x')] }
  const compare = (variant: Spec): Spec =>
    ({ kind: 'box', flavor: 'compare', name: 'A', revision: 0, variants: [variant] }) as Spec
  const inside = (variant: Spec): Spec => ({ kind: 'suspense', label: 'wait1', children: [compare(variant)] })
  await run(program(box('R', inside(waits), inside(text('there'))), [set('R', 1)]))
})
