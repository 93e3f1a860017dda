import type { Spec } from './spec.ts'

/** A small change somewhere in a spec, by numbers that are taken modulo what there is. */
export interface Mutation {
  readonly at: number
  readonly change: number
  readonly by: number
}

type Changer = (spec: Spec, by: number) => Spec

const tags = ['div', 'p', 'b']
const flavors = ['state', 'class', 'memo', 'forward'] as const
const widgets = ['Counter', 'Field', 'Theme'] as const
const keys = [undefined, 'a', 'b', '0', '~']

const nothing: Spec = { kind: 'text', value: null }

function children(spec: Spec, change: (children: readonly Spec[]) => readonly Spec[]): Spec {
  return 'children' in spec ? ({ ...spec, children: change(spec.children) } as Spec) : spec
}

const changers: readonly Changer[] = [
  () => nothing,
  (spec) => children(spec, (all) => [...all].reverse()),
  (spec, by) =>
    children(spec, (all) => [...all.slice(by % (all.length + 1)), ...all.slice(0, by % (all.length + 1))]),
  (spec, by) => children(spec, (all) => all.filter((_, i) => i !== by % all.length)),
  (spec, by) =>
    children(spec, (all) => [...all.slice(0, by), { kind: 'text', value: 'new' }, ...all.slice(by)]),
  (spec, by) => children(spec, (all) => [...all.slice(0, by), nothing, ...all.slice(by + 1)]),
  (spec, by) => ({
    kind: 'el',
    tag: pick(tags, by),
    key: (spec as { key?: string }).key,
    attributes: {},
    sometimes: {},
    children: [spec],
  }),
  (spec, by) => ({ kind: 'fragment', key: pick(keys, by), children: [spec] }),
  (spec, by) => ({ kind: 'list', children: by % 2 === 0 ? [spec] : [nothing, spec] }),
  (spec) => ('children' in spec ? (spec.children[0] ?? nothing) : spec),
  (spec, by) => ('key' in spec || spec.kind === 'el' ? ({ ...spec, key: pick(keys, by) } as Spec) : spec),
  retype,
  retype,
  (spec, by) => children(spec, (all) => all.map((each) => retype(each, by))),
  (spec, by) => children(spec, (all) => all.map((each) => retype(each, by))),
]

function retype(spec: Spec, by: number): Spec {
  if (spec.kind === 'el') return { ...spec, tag: pick(tags, by) }
  if (spec.kind === 'box') return { ...spec, flavor: pick(flavors, by) }
  if (spec.kind === 'press') return { ...spec, tag: pick(['div', 'b', 'button'], by) }
  if (spec.kind === 'rows of') return { ...spec, row: pick(['inline', 'component', 'client'], by) }
  if (spec.kind === 'field') return { ...spec, type: pick(['text', 'textarea', 'checkbox'], by) }
  if (spec.kind === 'widget') return { ...spec, widget: pick(widgets, by) }
  return spec
}

function pick<T>(all: readonly T[], by: number): T {
  return all[by % all.length] as T
}

function change(spec: Spec, which: number, by: number): Spec {
  return (changers[which % changers.length] as Changer)(spec, by)
}

type Turn = Extract<Spec, { kind: 'turn' }>

const turned = new WeakMap<Turn, Spec>()

/** What a `turn` shows in every other state: always the same object, which `memo` and promises go by. */
export function turn(spec: Turn): Spec {
  const known = turned.get(spec) ?? change(spec.child, spec.change, spec.by)
  turned.set(spec, known)
  return known
}

/** How many kinds of changes there are. */
export const changes = changers.length

/** The spec with one node of it changed. */
export function mutate(spec: Spec, { at, change: which, by }: Mutation): Spec {
  let left = at % count(spec)
  const visit = (node: Spec): Spec => {
    if (left-- === 0) return change(node, which, by)
    if (left < 0) return node
    return mapInside(node, visit)
  }
  return visit(spec)
}

function mapInside(node: Spec, visit: (node: Spec) => Spec): Spec {
  switch (node.kind) {
    case 'box':
      return { ...node, variants: node.variants.map(visit) }
    case 'order':
      return { ...node, items: node.items.map(visit) }
    case 'turn':
      return { ...node, child: visit(node.child) }
    case 'widget':
      return { ...node, left: node.left && visit(node.left), children: node.children.map(visit) }
    default:
      return 'children' in node ? ({ ...node, children: node.children.map(visit) } as Spec) : node
  }
}

function count(spec: Spec): number {
  let total = 0
  const visit = (node: Spec): Spec => {
    total++
    return mapInside(node, visit)
  }
  visit(spec)
  return total
}
