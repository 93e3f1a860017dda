import fc, { type Arbitrary } from 'fast-check'
import { boxName, key, make, type Weighted } from './arbitrary-parts.ts'
import type { FieldType, Hurry, Rewrite, Spec, Step } from './spec.ts'

const rewrite = fc.constantFrom<Rewrite>('keep', 'keep', 'upper', 'short', 'ignore', 'mask', 'clear')
const fieldType = fc.constantFrom<FieldType>(
  'text',
  'text',
  'textarea',
  'checkbox',
  'radio',
  'select',
  'multiple',
)
const takesMs = fc.constantFrom(0, 1, 30, 200)
const seldom = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true))

/** What a user can act on. */
export function interactive(children: Arbitrary<Spec[]>): Weighted[] {
  return [
    make(4, 'press', {
      key,
      tag: fc.constantFrom('div', 'button', 'b'),
      name: boxName,
      does: fc.constantFrom('set', 'add', 'both'),
      stop: seldom,
      capture: seldom,
      sometimes: seldom,
      children,
    }),
    make(2, 'rows of', {
      key,
      name: boxName,
      count: fc.nat({ max: 4 }),
      row: fc.constantFrom('inline', 'component', 'client'),
      fields: fc.boolean(),
    }),
    make(2, 'field', {
      key,
      name: boxName,
      type: fieldType,
      rewrite,
      prop: fc.constantFrom('onChange', 'onInput'),
    }),
    make(1, 'form', { key, name: boxName, how: fc.constantFrom('action', 'onSubmit'), takesMs, rewrite }),
    make(1, 'hope', { key, name: boxName, takesMs }),
    make(1, 'later', { key, name: boxName, takesMs }),
  ]
}

/** Updates that wait for something, beside others that do not: what is on the screen is older than what has come. */
export function heldRoots(): Arbitrary<Spec> {
  const promises = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 2 })
  const { arbitrary: waits } = make(1, 'await', {
    key,
    flavor: fc.constantFrom('async', 'async', 'use'),
    promises,
    children: fc.constant([]),
  })
  const text = fc.constant<Spec>({ kind: 'text', value: 'x' })
  const [press, ...others] = interactive(fc.array(fc.oneof(waits, text), { maxLength: 2 }))
  const part = press === undefined ? waits : fc.oneof(press, ...others)
  const { arbitrary: box } = make(1, 'box', {
    key,
    flavor: fc.constant('state'),
    name: boxName,
    revision: fc.constant(0),
    variants: fc.array(part, { minLength: 2, maxLength: 3 }),
  })
  const list = fc
    .array(box, { minLength: 2, maxLength: 3 })
    .map((children): Spec => ({ kind: 'list', children }))
  return list.map((all) => ({ kind: 'box', flavor: 'state', name: 'R', revision: 0, variants: [all] }))
}

const nth = fc.nat({ max: 7 })

/** What users do; `weight` beside what else happens. */
export function userSteps(weight: number): { weight: number; arbitrary: Arbitrary<Step> }[] {
  const how = fc.nat({ max: 23 })
  const edit = fc.record({ do: fc.constant('edit' as const), nth, how })
  const click = fc.record({ do: fc.constant('click' as const), nth })
  const by = fc.constantFrom('script' as const, 'button' as const, 'other' as const)
  const submit = fc.record({ do: fc.constant('submit' as const), nth, by })
  const other = fc.record({ do: fc.constant('other' as const), nth, how, row: fc.nat({ max: 4 }) })
  const rest = fc.record({ do: fc.constant('rest' as const) })
  return [
    { weight: 3 * weight, arbitrary: click },
    { weight: 2 * weight, arbitrary: edit },
    { weight, arbitrary: submit },
    { weight, arbitrary: other },
    { weight: 1, arbitrary: rest },
  ]
}

export function hurries(): Arbitrary<Hurry> {
  const pauses = fc.array(fc.constantFrom(0, 0, 1, 5, 20, 60, 150, 400), { minLength: 1, maxLength: 6 })
  return fc.record({
    latencyMs: fc.constantFrom(0, 4, 50, 300),
    jitterMs: fc.constantFrom(0, 10, 100, 300),
    lateByMs: fc.constantFrom(0, 5, 40),
    stolenMs: fc.constantFrom(0, 0, 2, 8),
    seed: fc.nat(),
    pauses,
  })
}
