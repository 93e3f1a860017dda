import {
  Activity,
  type Context,
  createContext,
  createElement,
  type ElementType,
  Fragment,
  isValidElement,
  Profiler,
  type ReactNode,
  Suspense,
  use,
  useId,
} from 'react'
import { Form, Hope, Later } from './actions.tsx'
import { boxes } from './boxes.tsx'
import { Field } from './fields.tsx'
import { Rows } from './lists.tsx'
import { turn } from './mutate.ts'
import { buildPress } from './press.tsx'
import { Planned, type Side } from './side.ts'
import type { AwaitSpec, ElementSpec, InputSpec, Spec, WidgetSpec, WrapSpec } from './spec.ts'
import { Async, Catch, Using, UsingAsync, wraps } from './wraps.tsx'

/** Where a spec is built: by which box, in which state. */
export interface Scope {
  readonly side: Side
  readonly value: number
}

export const contexts = [createContext(0), createContext(100)] as const

export type Props = Record<string, unknown>

export const make = (type: unknown, props: Props, children: readonly ReactNode[] = []): ReactNode =>
  createElement(type as ElementType, props, ...children)

/** Makes the elements that a spec describes, as the render of a box does. */
export function build(spec: Spec, scope: Scope): ReactNode {
  switch (spec.kind) {
    case 'text':
      return spec.value
    case 'long':
      return 'long $ ünï '.repeat(spec.size)
    case 'now':
      return scope.value
    case 'throw':
      if (scope.value === spec.at) throw new Planned(`at ${spec.at}`)
      return 'calm'
    case 'list':
      return all(spec.children, scope)
    case 'rows':
      return Array.from({ length: spec.count }, (_, i) =>
        make('li', { key: i }, [`row ${i} of ${scope.value} `.repeat(5)]),
      )
    case 'order':
      return buildOrder(spec.items, spec.orders[scope.value % spec.orders.length] ?? [], scope)
    case 'turn':
      return build(scope.value % 2 === 0 ? spec.child : turn(spec), scope)
    case 'el':
      return buildElement(spec, scope)
    case 'input':
      return buildInput(spec, scope)
    case 'press':
      return buildPress(spec, scope, childrenOf(spec.children, scope, soloTags.has(spec.tag)))
    case 'widget':
      return buildWidget(spec, scope)
    case 'wrap':
      return buildWrap(spec, scope)
    case 'await':
      return buildAwait(spec, scope)
    default:
      return buildComponent(spec, scope)
  }
}

function all(specs: readonly Spec[], scope: Scope): ReactNode[] {
  return withoutSameKeys(specs.map((spec) => build(spec, scope)))
}

/**
 * Where an only child without a key takes the place of several children, React keeps the first of them that has no key,
 * wherever it stood, and a live tree the one at place 0. And what a component of the browser does with one child or an
 * array in its props is not known to a server. So here every type of parent has always one child, or always several.
 */
export function one(node: ReactNode): ReactNode {
  return isSeveral(node) ? <div>{node}</div> : node
}

export function several(nodes: readonly ReactNode[]): readonly ReactNode[] {
  return nodes.length === 1 ? [nodes[0], null] : nodes
}

/** An array, also one that React takes out of its fragment. */
export function isSeveral(node: ReactNode): boolean {
  if (Array.isArray(node)) return true
  return isValidElement(node) && node.type === Fragment && node.key === null
}

const soloTags = new Set(['p', 'b'])
const soloWraps = new Set(['plain', 'host'])

/** Two equal keys in one list are undefined behaviour in React. */
function withoutSameKeys(nodes: ReactNode[]): ReactNode[] {
  const seen = new Set<string>()
  return nodes.map((node, i) => {
    if (!isValidElement(node) || node.key === null) return node
    // biome-ignore lint/suspicious/noArrayIndexKey: the place is all that tells it from the other
    if (seen.has(node.key)) return <Fragment key={`again ${i}`}>{node}</Fragment>
    seen.add(node.key)
    return node
  })
}

function childrenOf(specs: readonly Spec[], scope: Scope, solo = false): readonly ReactNode[] {
  const children = all(specs, scope)
  return solo ? [one(children[0])] : several(children)
}

function buildOrder(items: readonly Spec[], order: readonly number[], scope: Scope): ReactNode {
  const shown = [...new Set(order.map((i) => i % items.length))]
  return shown.map((i) => make(Fragment, { key: `item${i}` }, childrenOf([items[i] as Spec], scope)))
}

function buildElement({ tag, key, attributes, sometimes, children }: ElementSpec, scope: Scope): ReactNode {
  const props: Props = { ...attributes, ...(scope.value % 2 === 1 ? sometimes : {}), key }
  if ('dangerouslySetInnerHTML' in props) return make(tag, props)
  return make(tag, props, childrenOf(children, scope, soloTags.has(tag)))
}

function buildInput({ key, type }: InputSpec, { value }: Scope): ReactNode {
  switch (type) {
    case 'text':
      return make('input', { key, value: `v${value}`, readOnly: true })
    case 'checkbox':
      return make('input', { key, type, checked: value % 2 === 1, readOnly: true })
    case 'textarea':
      return make('textarea', { key, value: `t${value}`, readOnly: true })
    case 'select': {
      const options = ['0', '1', '2'].map((each) => make('option', { key: each, value: each }, [each]))
      return make('select', { key, value: String(value % 3), onChange: () => {} }, [options])
    }
    case 'uncontrolled':
      return make('input', { key, className: 'field', defaultValue: 'first' })
  }
}

function buildWidget(spec: WidgetSpec, scope: Scope): ReactNode {
  const { side } = scope
  const chosen = spec.data[scope.value % spec.data.length]
  const data = chosen === 'long' ? ['long '.repeat(300)] : chosen
  const props: Props = { key: spec.key, data }
  if (spec.left !== null) {
    props.left = asProp(build(spec.left, scope))
    if (spec.widget === 'Show')
      props.data = { node: alone(asProp(build(spec.left, scope))), more: data ?? null, value: scope.value }
  }
  if (spec.action !== null) Object.assign(props, actionOn(spec.action, scope))
  return make(side.widgets[spec.widget], props, childrenOf(spec.children, scope, spec.widget === 'Counter'))
}

/**
 * A promise in a prop is data, which Flight carries; components in what it resolves to are not a live tree's. In a
 * fragment it is a child.
 */
function asProp(node: ReactNode): ReactNode {
  const isPromise = typeof (node as PromiseLike<unknown> | null)?.then === 'function'
  return isPromise || Array.isArray(node) ? (
    <>
      {node}
      {null}
    </>
  ) : (
    node
  )
}

/**
 * A keyless fragment is nothing where it stands alone, as this one does in `Show`, and something in a list: for a server
 * that cannot know where a client component puts it, it is the latter.
 */
function alone(node: ReactNode): ReactNode {
  return isValidElement(node) && node.type === Fragment && node.key === null ? <u>{node}</u> : node
}

function actionOn(name: string, { side, value }: Scope): Props {
  const actMark = `act ${name} ${value}`
  const act = () => {
    side.hear(actMark)
    side.act(name, value + 1)
  }
  return { act, actMark }
}

function buildWrap({ flavor, key, children }: WrapSpec, scope: Scope): ReactNode {
  const aside = flavor === 'props' && children[0] !== undefined ? { aside: build(children[0], scope) } : {}
  return make(wraps[flavor], { key, ...aside }, childrenOf(children, scope, soloWraps.has(flavor)))
}

function buildAwait(spec: AwaitSpec, { side, value }: Scope): ReactNode {
  const { flavor, key, promises } = spec
  const id = promises[value % promises.length] ?? 0
  // The last two are alone in an element: React 19.3 itself removes replaced siblings twice, and fails, when a promise or
  // lazy type in an array makes it start again.
  switch (flavor) {
    case 'async':
      return make(side.live ? Async : UsingAsync, { key, spec, side, id, value })
    case 'use':
      return make(Using, { key, spec, side, id, value })
    case 'lazy':
      return make('cite', { key }, [make(side.lazy(id), {}, childrenOf(spec.children, { side, value }))])
    case 'child':
      return make('cite', { key }, [
        side.child(id, spec, () => content(spec.children, { side, value: 0 })) as ReactNode,
      ])
  }
}

function content(specs: readonly Spec[], scope: Scope): ReactNode {
  return make('q', {}, childrenOf(specs, scope))
}

function buildComponent(spec: Exclude<Spec, { kind: 'text' | 'long' | 'now' }>, scope: Scope): ReactNode {
  const { side, value } = scope
  switch (spec.kind) {
    case 'box':
      return make(boxes[spec.flavor], { key: spec.key, spec, side })
    case 'fragment':
      return make(
        Fragment,
        { key: spec.key },
        spec.bare ? all(spec.children, scope) : childrenOf(spec.children, scope),
      )
    case 'id':
      return make(Id, { key: spec.key })
    case 'rows of':
      return make(Rows, { key: spec.key, spec, side })
    case 'field':
      return make(Field, { key: spec.key, spec, side })
    case 'form':
      return make(Form, { key: spec.key, spec, side, value })
    case 'hope':
      return make(Hope, { key: spec.key, spec, side, value })
    case 'later':
      return make(Later, { key: spec.key, spec, side, value })
    case 'provide': {
      const provided = spec.value === 'now' ? value : spec.value
      return make(
        contextOf(spec.context),
        { key: spec.key, value: provided },
        childrenOf(spec.children, scope, spec.context === 0),
      )
    }
    case 'consume': {
      if (spec.how === 'use') return make(Consume, { key: spec.key, context: spec.context })
      const { Consumer } = contextOf(spec.context)
      return <Consumer key={spec.key}>{(found) => <var>{found}</var>}</Consumer>
    }
    case 'catch':
      return make(Catch, { key: spec.key, side, name: spec.name }, childrenOf(spec.children, scope))
    case 'suspense':
      return make(
        Suspense,
        { key: spec.key, fallback: <h6>{spec.label}</h6> },
        childrenOf(spec.children, scope),
      )
    case 'activity': {
      const hidden = spec.hidden[value % spec.hidden.length] === true
      return make(
        Activity,
        { key: spec.key, mode: hidden ? 'hidden' : 'visible' },
        childrenOf(spec.children, scope),
      )
    }
    case 'profiler':
      return make(Profiler, { key: spec.key, id: 'p', onRender: () => {} }, childrenOf(spec.children, scope))
    default:
      throw new Error(`No spec of kind ${spec.kind}`)
  }
}

function contextOf(index: number): Context<number> {
  return contexts[index % 2] as Context<number>
}

function Id(): ReactNode {
  return <kbd data-uid={useId()} />
}

function Consume({ context }: { context: number }): ReactNode {
  return <var>{use(contextOf(context))}</var>
}
