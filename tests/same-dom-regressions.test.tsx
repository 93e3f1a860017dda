import './same-dom/production.ts'
import './same-dom/environment.ts'
import { createBindings } from '../src/client/bind.ts'
import { absent, SlotStore } from '../src/client/slot-store.ts'
import { noFunctions, noSharedRoots } from './live-tree/no-functions.ts'
import { run } from './same-dom/run.ts'
import type { Hurry, Program, Spec, Step } from './same-dom/spec.ts'

/** What is always written in the same way is left out. */
function program(root: Spec, steps: readonly Step[] = [], more: Partial<Program> = {}): Program {
  return { root, steps, ready: [], failing: [], flood: false, window: 100, ...more }
}

const text = (value: string): Spec => ({ kind: 'text', value })

const box = (name: string, ...variants: Spec[]): Spec => ({
  kind: 'box',
  flavor: 'state',
  name,
  revision: 0,
  variants,
})
const set = (name: string, value: number): Step => ({ do: 'set', sets: [{ name, value }] })

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

const calm = { latencyMs: 0, jitterMs: 0, lateByMs: 0, stolenMs: 0, seed: 0, pauses: [0] }
const hope: Spec = { kind: 'hope', name: 'A', takesMs: 0 }
const hurried = (hurry: Partial<Hurry> = {}): Partial<Program> => ({
  flood: true,
  hurry: { ...calm, ...hurry },
})

test("what is expected does not come twice when somebody else's change comes before the action has ended", async () => {
  const steps: Step[] = [
    { do: 'click', nth: 1 },
    { do: 'other', nth: 0, how: 0, row: 0 },
    { do: 'click', nth: 1 },
  ]
  // Whether the change comes between is a matter of latency.
  for (let seed = 0; seed < 6; seed++) {
    await run(program(box('R', hope), steps, hurried({ jitterMs: 100, seed, pauses: [100, 0, 0] })))
  }
})

test('the effect of an action waits for its end beside other frames of the same action', async () => {
  const inner: Spec = { ...hope, takesMs: 1 } as Spec
  const press: Spec = {
    kind: 'press',
    tag: 'div',
    name: 'C',
    does: 'set',
    stop: false,
    capture: false,
    sometimes: false,
    children: [inner, box('C', text('x'), text('y'))],
  }
  await run(program(box('R', press), [{ do: 'click', nth: 2 }], hurried()))
})

test('a component that comes back in its place begins anew, also where the browser has not shown that it was gone', async () => {
  const steps: Step[] = [
    set('R', 1),
    set('R', 0),
    { do: 'rest' },
    { do: 'click', nth: 3 },
    set('R', 1),
    set('R', 0),
  ]
  await run(
    program(box('R', hope, text('none')), steps, hurried({ jitterMs: 300, seed: 453280940, pauses: [20] })),
  )
})

test('a select whose handler is for the input event shows what was chosen', async () => {
  const field: Spec = { kind: 'field', name: 'A', type: 'select', rewrite: 'keep', prop: 'onInput' }
  await run(program(box('R', field), [{ do: 'edit', nth: 0, how: 1 }], hurried({ latencyMs: 50 })))
})
test('the second handler of one event is for the same render as the first, which takes the field away', async () => {
  const field = (type: 'radio' | 'text'): Spec => ({
    kind: 'field',
    name: 'A',
    type,
    rewrite: 'keep',
    prop: 'onChange',
  })
  const press: Spec = {
    kind: 'press',
    tag: 'div',
    name: 'D',
    does: 'set',
    stop: false,
    capture: false,
    sometimes: false,
    children: [box('D', field('radio'), field('text'))],
  }
  await run(program(box('R', press), [{ do: 'edit', nth: 0, how: 0 }], { flood: true }))
})

test('an edit follows one that is answered, and whose effect an action still holds back', async () => {
  const field: Spec = { kind: 'field', name: 'A', type: 'text', rewrite: 'keep', prop: 'onChange' }
  const press: Spec = {
    kind: 'press',
    tag: 'div',
    name: 'A',
    does: 'set',
    stop: false,
    capture: false,
    sometimes: false,
    children: [box('A', { ...hope, takesMs: 30 } as Spec), field],
  }
  const steps: Step[] = [
    { do: 'click', nth: 2 },
    { do: 'edit', nth: 0, how: 0 },
    { do: 'edit', nth: 0, how: 0 },
  ]
  await run(program(box('R', press, field), steps, hurried()))
})

test('a slot that is about to be shown does not show what an action holds back', async () => {
  const root: Spec = {
    kind: 'box',
    flavor: 'state',
    name: 'R',
    revision: 0,
    variants: [hope, { kind: 'text', value: null }],
  }
  const steps: Step[] = [
    { do: 'set', sets: [{ name: 0, value: 3 }] },
    { do: 'set', sets: [{ name: 0, value: 0 }] },
    { do: 'click', nth: 3 },
  ]
  await run(program(root, steps, hurried({ jitterMs: 300, seed: 464335124 })))
})

test('what held-back content is asked is answered with its effect, which waits for what is beside it', async () => {
  const waits: Spec = { kind: 'await', flavor: 'use', promises: [0], children: [] }
  const steps: Step[] = [set('A', 1), { do: 'click', nth: 1 }, set('A', 0)]
  await run(program(box('A', hope, waits), steps, hurried()))
})

test('an action does not end between its guess and its effect where React was rendering it when the frame came', async () => {
  const steps: Step[] = [
    { do: 'click', nth: 3 },
    { do: 'click', nth: 0 },
  ]
  // Where React stops in a render is a matter of time.
  for (let seed = 0; seed < 12; seed++)
    await run(program(box('R', hope), steps, hurried({ stolenMs: 8, seed })))
})

test('what is made of a field is read by what it is on screen, not by what a transition that waits makes of it', async () => {
  const waits: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [] }
  const checkbox: Spec = { kind: 'field', name: 'A', type: 'checkbox', rewrite: 'keep', prop: 'onChange' }
  const field: Spec = { kind: 'field', name: 'A', type: 'text', rewrite: 'keep', prop: 'onChange' }
  const root: Spec = { kind: 'list', children: [box('A', text('there'), waits), box('B', checkbox, field)] }
  const steps: Step[] = [
    { do: 'set', sets: [0, 1].map((name) => ({ name, value: 1 })) },
    { do: 'rest' },
    { do: 'edit', nth: 0, how: 0 },
  ]
  await run(program(root, [...steps, { do: 'store', store: 0, value: 0 }], hurried({ jitterMs: 100 })))
})

test('an edit that waits on the server is for the field that it was made in, also when the browser shows what took its place', async () => {
  const field = (type: 'text' | 'textarea'): Spec => ({
    kind: 'field',
    name: 'A',
    type,
    rewrite: 'keep',
    prop: 'onChange',
  })
  const before: Spec = { kind: 'list', children: [field('text'), { kind: 'later', name: 'A', takesMs: 0 }] }
  const after: Spec = { kind: 'list', children: [field('textarea')] }
  const edit: Step = { do: 'edit', nth: 0, how: 0 }
  const to = (value: number): Step => ({ do: 'set', sets: [{ name: 0, value }] })
  const hurry = hurried({ jitterMs: 300, pauses: [0], seed: 0 })
  const root = box('R', before, text('no field'), after)
  await run(program(root, [edit, edit, to(2), edit, to(0)], { ...hurry, window: 1 }))
})

test('a component of the browser that was away for a state which never came on screen goes on, as in React', async () => {
  const field = (data: readonly unknown[]): Spec =>
    ({ kind: 'widget', widget: 'Field', children: [], left: null, data, action: null }) as Spec
  const list = (...children: Spec[]): Spec => ({ kind: 'list', children })
  const root = box('R', list(field([0, '$L1'])), list(field([0, '$L1']), text('new')), text('nothing'))
  const steps = [2, 1].map((value): Step => ({ do: 'set', sets: [{ name: 0, value }] }))
  await run(program(root, steps, hurried({ latencyMs: 300, pauses: [0] })))
})

test('an error comes on screen though an action has not ended', async () => {
  const form: Spec = { kind: 'form', name: 'A', how: 'action', takesMs: 200, rewrite: 'keep' }
  const to = (value: number): Step => ({ do: 'set', sets: [{ name: 0, value }] })
  const steps: Step[] = [{ do: 'submit', nth: 0, by: 'script' }, to(1), to(0)]
  await run(program(box('R', form, { kind: 'throw', at: 1 }), steps, hurried({ pauses: [0] })))
})
