import './same-dom/production.ts'
import './same-dom/environment.ts'
import { box, hope, hurried, program, set, text } from './same-dom/programs.ts'
import { run } from './same-dom/run.ts'
import type { Spec, Step } from './same-dom/spec.ts'

const press = (name: string, ...children: Spec[]): Spec => ({
  kind: 'press',
  tag: 'div',
  name,
  does: 'set',
  stop: false,
  capture: false,
  sometimes: false,
  children,
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
  await run(
    program(box('R', press('D', box('D', field('radio'), field('text')))), [{ do: 'edit', nth: 0, how: 0 }], {
      flood: true,
    }),
  )
})

test('an edit follows one that is answered, and whose effect an action still holds back', async () => {
  const field: Spec = { kind: 'field', name: 'A', type: 'text', rewrite: 'keep', prop: 'onChange' }
  const around = press('A', box('A', { ...hope, takesMs: 30 } as Spec), field)
  const steps: Step[] = [
    { do: 'click', nth: 2 },
    { do: 'edit', nth: 0, how: 0 },
    { do: 'edit', nth: 0, how: 0 },
  ]
  await run(program(box('R', around, field), steps, hurried()))
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

test('also where the default of its field was empty at first', async () => {
  const field = {
    kind: 'widget',
    widget: 'Field',
    children: [],
    left: null,
    data: ['', 1],
    action: null,
  } as Spec
  const root = box('R', field, text('nothing'), field, field)
  await run(program(root, [set('R', 1), set('R', 3)], hurried({ latencyMs: 300 })))
})

test('an error comes on screen though an action has not ended', async () => {
  const form: Spec = { kind: 'form', name: 'A', how: 'action', takesMs: 200, rewrite: 'keep' }
  const to = (value: number): Step => ({ do: 'set', sets: [{ name: 0, value }] })
  const steps: Step[] = [{ do: 'submit', nth: 0, by: 'script' }, to(1), to(0)]
  await run(program(box('R', form, { kind: 'throw', at: 1 }), steps, hurried({ pauses: [0] })))
})

const never: Spec = { kind: 'await', flavor: 'async', promises: [0], children: [] }

test('a click on what a transition that waits holds back is for what is on screen, also of frames before it', async () => {
  const root = box('R', press('A'), press('A', text('x')), press('A', never))
  const to = (value: number): Step => ({ do: 'set', sets: [{ name: 0, value }] })
  const steps: Step[] = [{ do: 'stall' }, to(1), to(2), { do: 'resume' }, { do: 'click', nth: 0 }]
  await run(program(root, steps, hurried({ pauses: [40] })))
})

test('a click on a slot that came on screen with what a later frame, held back, made of it, is for that frame', async () => {
  const field: Spec = { kind: 'field', name: 'A', type: 'text', rewrite: 'keep', prop: 'onChange' }
  const later = (name: string): Spec => ({ kind: 'later', name, key: '$', takesMs: 0 })
  const root: Spec = {
    kind: 'list',
    children: [
      box('C', text('none'), later('B'), later('A')),
      box('C', hope, press('A', never), text('none')),
      box('C', field, hope),
    ],
  }
  const click: Step = { do: 'click', nth: 0 }
  const to = (value: number): Step => ({ do: 'set', sets: [{ name: 0, value }] })
  const steps: Step[] = [{ do: 'other', nth: 0, how: 0, row: 0 }, to(2), to(1), click, click]
  await run(program(root, steps, hurried({ jitterMs: 300, pauses: [0, 0, 0, 400] })))
})
