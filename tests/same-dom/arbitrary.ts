import fc, { type Arbitrary } from 'fast-check'
import { heldRoots, hurries, interactive, userSteps } from './arbitrary-interaction.ts'
import { boxName, key, make, type Weighted } from './arbitrary-parts.ts'
import { changes, mutate } from './mutate.ts'
import type { Flavor, Program, Scalar, Spec, Step } from './spec.ts'

const small = fc.nat({ max: 3 })

const scalar: Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Scalar>('x', 'y', '', ' ', 0, 1) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Scalar>(
      -0,
      1.5,
      10n,
      true,
      false,
      null,
      undefined,
      '$1',
      '$',
      '<&>',
      'ünï😀',
      '\n',
    ),
  },
)

// No fields that are there and undefined: React's Flight takes them away.
const dataOf: readonly ((n: number) => unknown)[] = [
  (n) => n,
  (n) => [n, [2, n]],
  (n) => ({ a: n, b: { c: [null, n] } }),
  (n) => (n === 0 ? { a: 1 } : { a: 1, b: n }),
  (n) => ['', '$L1', Number.NaN][n],
  (n) => [10n, [], {}][n],
  (n) => new Date(n),
  (n) =>
    new Map<unknown, unknown>([
      ['k', n],
      [{ n }, [n]],
    ]),
  (n) => new Set<unknown>(['k', n]),
  (n) => new Uint8Array([1, n]),
  (n) => new Float64Array([n / 2]),
  () => 'long',
]
const datum = fc.constantFrom(...dataOf)
const oneOrTwo = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 2 })
const data = fc.oneof(
  fc.tuple(datum, oneOrTwo).map(([of, all]) => all.map(of)),
  fc.tuple(datum, datum).map((both) => both.map((of, i) => of(i))),
)

const attributes = fc.dictionary(
  fc.constantFrom('title', 'data-x', 'aria-label', 'className', 'id', 'lang'),
  fc.constantFrom<unknown>('a', 'b', '', '$a', 1, null, undefined),
  { maxKeys: 2 },
)
const moreAttributes = fc.oneof(
  { weight: 4, arbitrary: attributes },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      { style: { color: 'red', width: 5 } },
      { style: { width: 6, '--x': '1' } },
      { hidden: true },
      { hidden: false, tabIndex: 2 },
      { 'data-b': true, 'data-n': 0, 'data-u': undefined },
    ),
  },
)
const html = fc
  .constantFrom('<b>1</b>', '<i>2</i>', '')
  .map((__html) => ({ dangerouslySetInnerHTML: { __html } }))

const plainFlavors: Flavor[] = [
  'state',
  'reducer',
  'class',
  'memo',
  'compare',
  'forward',
  'memoForward',
  'deferred',
  'transition',
  'layout',
  'effect',
  'cached',
]

/** Trees of a depth; `suspends` says whether parts of them may wait for promises. */
function specs(depth: number, suspends: boolean): Arbitrary<Spec> {
  const name = `${depth} ${suspends}`
  let found = known.get(name)
  if (found === undefined) {
    found = fc.oneof({ withCrossShrink: true }, ...cases(depth, suspends))
    known.set(name, found)
  }
  return found
}

const known = new Map<string, Arbitrary<Spec>>()

function cases(depth: number, suspends: boolean): Weighted[] {
  if (depth === 0) return leaves
  const spec = specs(depth - 1, suspends)
  const children = fc.array(spec, { maxLength: 3 })
  const shallow = { weight: 12, arbitrary: specs(0, suspends) }
  const calm = [...parents(spec, children), ...interactive(children), activity(depth)]
  return [shallow, ...calm, ...(suspends ? waiting(depth, children) : [])]
}

const leaves: Weighted[] = [
  make(4, 'text', { value: scalar }),
  make(3, 'now', {}),
  make(1, 'id', { key }),
  make(1, 'long', { size: fc.constantFrom(1, 100, 400) }),
  make(1, 'rows', { count: fc.constantFrom(1, 2, 40) }),
  make(1, 'input', { key, type: fc.constantFrom('text', 'checkbox', 'textarea', 'select', 'uncontrolled') }),
  make(1, 'consume', { key, context: fc.nat({ max: 1 }), how: fc.constantFrom('use', 'Consumer') }),
]

function parents(spec: Arbitrary<Spec>, children: Arbitrary<Spec[]>): Weighted[] {
  const tag = fc.constantFrom('div', 'p', 'span', 'b')
  const variants = variantsOf(spec)
  const orders = fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 5 }), { minLength: 1, maxLength: 3 })
  const box = { key, name: boxName, revision: fc.nat({ max: 1 }), variants }
  return [
    make(4, 'el', { tag, key, attributes: moreAttributes, sometimes: moreAttributes, children }),
    make(1, 'el', { tag, key, attributes: html, sometimes: html, children: fc.constant([]) }),
    make(2, 'list', { children }),
    make(2, 'fragment', { key, children }),
    make(2, 'order', { items: fc.array(spec, { minLength: 2, maxLength: 5 }), orders }),
    make(9, 'box', { flavor: fc.constantFrom(...plainFlavors), ...box }),
    make(2, 'wrap', {
      key,
      flavor: fc.constantFrom('plain', 'host', 'twice', 'keyed', 'toArray', 'props', 'fragment', 'context'),
      children,
    }),
    make(4, 'widget', {
      key,
      widget: fc.constantFrom('Counter', 'Field', 'Show', 'Show', 'Theme', 'Themed'),
      children,
      left: fc.option(spec),
      data,
      action: fc.option(boxName),
    }),
    make(2, 'provide', {
      key,
      context: fc.nat({ max: 1 }),
      value: fc.constantFrom<number | 'now'>('now', 7),
      children,
    }),
    make(1, 'catch', { key, name: fc.constantFrom('E', 'F'), children }),
    make(1, 'throw', { at: small }),
    make(5, 'turn', { child: spec, change: fc.nat({ max: changes - 1 }), by: fc.nat({ max: 4 }) }),
    make(1, 'profiler', { key, children }),
  ]
}

/**
 * Nothing waits in an Activity: React 19.3 itself, where hidden content waits during an update, leaves old nodes in
 * place, and throws when the Activity is removed before what it waits for comes.
 */
function activity(depth: number): Weighted {
  const hidden = fc.array(fc.boolean(), { minLength: 1, maxLength: 2 })
  return make(1, 'activity', { key, hidden, children: fc.array(specs(depth - 1, false), { maxLength: 3 }) })
}

/** What a box puts out by its state: any trees, or one tree and others that differ from it a little. */
function variantsOf(spec: Arbitrary<Spec>): Arbitrary<Spec[]> {
  const mutation = fc.record({
    at: fc.nat({ max: 40 }),
    change: fc.nat({ max: changes - 1 }),
    by: fc.nat({ max: 4 }),
  })
  const mutations = fc.array(fc.array(mutation, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 2,
  })
  const similar = fc
    .tuple(spec, mutations)
    .map(([base, all]) => [base, ...all.map((each) => each.reduce(mutate, base))])
  return fc.oneof(
    { weight: 1, arbitrary: fc.array(spec, { minLength: 1, maxLength: 3 }) },
    { weight: 2, arbitrary: similar },
  )
}

function waiting(depth: number, children: Arbitrary<Spec[]>): Weighted[] {
  const flavor = fc.constantFrom('async', 'use', 'lazy', 'child')
  // A store's updates are urgent: with content that waits in it, React shows the fallback again.
  const storeBox = make(1, 'box', {
    key,
    flavor: fc.constant('store'),
    name: boxName,
    revision: fc.nat({ max: 1 }),
    variants: variantsOf(specs(depth - 1, false)),
  })
  return [
    make(2, 'suspense', { key, label: fc.constantFrom('wait1', 'wait2'), children }),
    make(2, 'await', {
      key,
      flavor,
      promises: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 2 }),
      children,
    }),
    storeBox,
  ]
}

const nth = fc.nat({ max: 5 })
const sets: Arbitrary<Step> = fc.record({
  do: fc.constant('set' as const),
  sets: fc.array(fc.record({ name: nth, value: small }), { minLength: 1, maxLength: 2 }),
})
const steps: Arbitrary<Step>[] = [
  sets,
  fc.record({ do: fc.constant('store' as const), store: fc.nat({ max: 1 }), value: small }),
  fc.record({ do: fc.constant('resolve' as const), which: nth }),
  fc.record({ do: fc.constant('bump' as const), nth }),
  fc.record({ do: fc.constant('type' as const), nth, text: fc.constantFrom('typed', 'other') }),
  fc.record({ do: fc.constantFrom('stall' as const, 'resume' as const) }),
]
const weights = [12, 1, 2, 2, 2, 1]

const depth = 4

/** A box with something in it: without state nothing would ever happen. */
function rootOf(suspends: boolean, isLively = false): Arbitrary<Spec> {
  const spec = specs(depth - (isLively ? 1 : 0), suspends)
  const part = isLively ? fc.oneof(spec, ...interactive(fc.array(spec, { maxLength: 3 }))) : spec
  const list = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((children) => ({ kind: 'list', children }) as const)
  const flavor = fc.constantFrom(...plainFlavors)
  return fc
    .tuple(flavor, fc.oneof(variantsOf(part), variantsOf(list)))
    .map(([flavor, variants]) => ({ kind: 'box', flavor, name: 'R', revision: 0, variants }))
}

const own = steps.map((arbitrary, i) => ({ weight: weights[i] as number, arbitrary }))
const calmSteps = fc.oneof(...own, ...userSteps(1))
const livelySteps = fc.oneof(...own, ...userSteps(4))

/** Several updates come at once, and the user acts on what is on the screen then. */
const burst: Arbitrary<Step[]> = fc
  .tuple(fc.array(sets, { minLength: 2, maxLength: 3 }), fc.oneof(...userSteps(1)))
  .map(([all, then]) => [{ do: 'stall' }, ...all, { do: 'resume' }, then])
const hurriedSteps = fc.oneof(
  { weight: 12, arbitrary: livelySteps.map((step) => [step]) },
  { weight: 1, arbitrary: burst },
)

const settings = {
  ready: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 3 }),
  failing: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 1 }),
  ),
  window: fc.constantFrom(100, 100, 1, 2, 32),
}

/** Nobody waits for the server. */
function hurriedPrograms(suspends: boolean): Arbitrary<Program> {
  return fc.record({
    root: suspends ? fc.oneof(rootOf(true, true), heldRoots()) : rootOf(false, true),
    ...settings,
    steps: fc.array(hurriedSteps, { minLength: 1, maxLength: 14 }).map((all) => all.flat()),
    flood: fc.constant(true),
    hurry: hurries(),
  })
}

function calmPrograms(isLively: boolean): Arbitrary<Program> {
  return fc
    .record({
      root: fc.oneof(rootOf(false, isLively), rootOf(true, isLively)),
      ...settings,
      steps: fc.array(isLively ? livelySteps : calmSteps, { minLength: 1, maxLength: 12 }),
    })
    .map((program) => ({ ...program, flood: program.window < 100 }))
}

/** Programs of every kind. Half of the calm ones have no part that waits. */
export function programs(): Arbitrary<Program> {
  return fc.oneof(
    { weight: 4, arbitrary: calmPrograms(false) },
    { weight: 3, arbitrary: calmPrograms(true) },
    { weight: 4, arbitrary: hurriedPrograms(false) },
    { weight: 2, arbitrary: hurriedPrograms(true) },
  )
}
