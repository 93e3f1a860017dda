import fc from 'fast-check'
import { Slot } from '../../src/live/slot.ts'
import { Handler, Hole, TemplateElement, type TemplateNode } from '../../src/live/template.ts'

/** Random templates. Made of little, so that two of them have much in common. */
const keys = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'x~1', '$'), { nil: null })

const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', 'a', 'b', '$', '$1', '$$', 'é', '</script>', '\u2028', '\ud83d\ude00'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

const leaf = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, -1, 1.5, -0, 1e21, Number.NaN, Infinity, -Infinity) },
  { weight: 1, arbitrary: fc.double() },
  fc.constantFrom<unknown>(true, false, null, undefined, 0n, -(10n ** 30n), Symbol.for('s'), new Date(7)),
)

/** A client reference as the walk leaves it in a template. */
export const clientReference = Object.assign(() => {}, {
  $$typeof: Symbol.for('react.client.reference'),
  $$id: 'client/part#Part',
  $$async: false,
})

const types = fc.constantFrom<unknown>('p', 'b', 'svg', clientReference, Symbol.for('react.suspense'))
const hole = fc.tuple(fc.constantFrom('h1', 'h2', 'h3', 'h4', 'empty'), keys)
const handlerPath = fc.constantFrom('0.onClick', '1.onPick', '0.:a.on"Quoted"')

const handlerOptions = fc.constantFrom('', '', 'd300', 'p kEnter k$')

const depth = fc.createDepthIdentifier()
const plain = { maxKeys: 2, noNullPrototype: true, depthIdentifier: depth }

export const { template, element, list } = fc.letrec((tie) => {
  const any = tie('template')
  const fields = fc.dictionary(fc.constantFrom('title', 'data-x', '$', '__proto__', 'toString'), any, plain)
  const props = fc.tuple(
    fc.dictionary(fc.constantFrom('title', 'id', 'style', 'data'), fc.oneof(any, fields), plain),
    fc.option(
      fc.tuple(handlerPath, handlerOptions).map(([path, options]) => new Handler(path, options)),
      { nil: undefined },
    ),
    fc.option(fc.oneof(tie('list'), any), { nil: undefined }),
  )
  return {
    element: fc.tuple(types, keys, props).map(([type, key, [own, onClick, children]]) => {
      const all = { ...own, ...(onClick && { onClick }), ...(children === undefined ? {} : { children }) }
      return new TemplateElement(type, key, all, null)
    }),
    list: fc.array(any, { maxLength: 5, depthIdentifier: depth }),
    template: fc.oneof(
      { maxDepth: 5, depthSize: 'max', depthIdentifier: depth, withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      { weight: 2, arbitrary: hole.map(([path, key]) => new Hole(path, key)) },
      { weight: 4, arbitrary: tie('element') },
      { weight: 2, arbitrary: tie('list') },
      { weight: 1, arbitrary: fields },
    ),
  }
}) as {
  template: fc.Arbitrary<TemplateNode>
  element: fc.Arbitrary<TemplateElement>
  list: fc.Arbitrary<TemplateNode[]>
}

/** A slot with instances in most of its holes, some of them not the first there. */
export function slotWithHoles(id: number): Slot {
  const make = (hole: string, own: number) => {
    const slot = new Slot(null as never, hole, { node: null, handlers: null } as never)
    slot.id = own
    return slot
  }
  const slot = make('', id)
  for (const n of [1, 2, 3, 4]) {
    const child = make(`h${n}`, id * 10 + n)
    child.generation = n % 3
    slot.adopt(child)
  }
  return slot
}

/** A template after some changes to another: parts replaced, lists turned around. */
export const changed = (before: TemplateNode): fc.Arbitrary<TemplateNode> =>
  fc
    .array(fc.tuple(fc.nat(200), fc.oneof(fc.constantFrom('reverse', 'shift', 'pop', 'push'), template)), {
      maxLength: 4,
    })
    .map((changes) =>
      changes.reduce<TemplateNode>((node, [at, change]) => new Changer(at, change).node(node), before),
    )

class Changer {
  constructor(
    private left: number,
    private readonly change: unknown,
  ) {}

  node(node: TemplateNode): TemplateNode {
    if (this.left-- === 0) return this.made(node)
    if (this.left < 0) return node
    if (Array.isArray(node)) return node.map((item) => this.node(item))
    if (node instanceof TemplateElement) {
      return new TemplateElement(node.type, node.key, this.fields(node.props), null)
    }
    if (typeof node === 'object' && node !== null && Object.getPrototypeOf(node) === Object.prototype) {
      return this.fields(node as Record<string, TemplateNode>)
    }
    return node
  }

  private fields(fields: Readonly<Record<string, TemplateNode>>): Record<string, TemplateNode> {
    const out: Record<string, TemplateNode> = {}
    for (const name of Object.keys(fields)) {
      const value = name === 'onClick' ? fields[name] : this.node(fields[name])
      Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true })
    }
    return out
  }

  private made(node: TemplateNode): TemplateNode {
    const { change } = this
    if (typeof change !== 'string') return change
    if (!Array.isArray(node)) return node
    if (change === 'reverse') return [...node].reverse()
    if (change === 'shift') return node.slice(1)
    return change === 'pop' ? node.slice(0, -1) : [...node, node[0]]
  }
}

/** What can be compared of decoded or modelled content: elements and functions become plain objects. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'function') return { function: (value as { $$id?: string }).$$id }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(comparable)
  if (value instanceof Date) return { date: value.getTime() }
  if (Object.hasOwn(value, '_payload')) return (value as { _payload: { value: unknown } })._payload.value
  if (Object.hasOwn(value, '$$id')) return { function: (value as { $$id: string }).$$id }
  if (!Object.hasOwn(value, '$$typeof')) return { fields: entries(value) }
  const { type, key, props } = value as { type: unknown; key: unknown; props: object }
  // A prop that is undefined and one that is not there are the same to a component.
  return { type: comparable(type), key, props: entries(props).filter(([, prop]) => prop !== undefined) }
}

function entries(fields: object): [string, unknown][] {
  return Object.entries(fields)
    .map(([name, value]): [string, unknown] => [name, comparable(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
