import { type ComponentType, type ReactElement, useInsertionEffect, useMemo, useState } from 'react'
import { jsx } from 'react/jsx-runtime'
import { canonical, NoCanonicalText } from './canonical.ts'
import { sharedProp } from './refusals.ts'
import { useServices } from './services.ts'
import { outletElement, type SharedPlace } from './shared-place.ts'
import { signatureOf } from './signature.ts'
import { isElement } from './template.ts'
import { componentName } from './wrap.ts'

/** What {@link shared} takes beside the component. */
export interface SharedOptions<Props> {
  /** How long an instance that nobody sees any more is kept, with its state, in milliseconds. 5,000. */
  readonly graceMs?: number
  /**
   * How long the state of an instance outlives the servers that had it, as after a crash or a deploy of all of them: in
   * the `sessionStore`, where that and the `bus` are several servers'. Then the next viewer on any server finds it. It does not
   * outlive its last viewer's leaving by more than `graceMs`. 0 stores nothing. 300,000, five minutes.
   */
  readonly keepMs?: number
  /**
   * Names the instance that props belong to. By default a text of all props that are data, the same for props that are
   * alike. Where two viewers' props give one text and differ all the same, the instance has those of the first.
   */
  readonly key?: (props: Props) => string
}

/** A shared component, and how its instances are told apart. */
export interface SharedDefinition {
  /** Names it to other servers that run the same program. */
  readonly id: string
  readonly name: string
  readonly View: ComponentType<object>
  readonly graceMs: number
  readonly keepMs: number
}

/** One instance as one viewer asks for it. */
export interface SharedRequest {
  readonly definition: SharedDefinition
  readonly key: string
  /** The props of the instance that are data. */
  readonly data: Readonly<Record<string, unknown>>
  /** The names of those that are each viewer's own. */
  readonly outlets: readonly string[]
}

/** The props that an instance is mounted with: outlets stand for what is the viewer's own. */
export function propsOf({ data, outlets }: SharedRequest): object {
  return { ...data, ...Object.fromEntries(outlets.map((each) => [each, outletElement(each)])) }
}

const definitions = new Map<string, SharedDefinition>()

/** The shared component of that id, where its module is loaded. */
export function findShared(id: string): SharedDefinition | undefined {
  return definitions.get(id)
}

/** Two that look alike are told apart by which was made first. */
function define(View: ComponentType<object>, graceMs: number, keepMs: number): SharedDefinition {
  const name = componentName(View)
  const looks = `${name} ${signatureOf(name, String(View))}`
  let id = looks
  for (let n = 2; definitions.has(id); n++) id = `${looks} ${n}`
  const definition = { id, name, View, graceMs, keepMs }
  definitions.set(id, definition)
  return definition
}

/** A place of a private tree, to be held while the component that made it is mounted. */
export interface HeldPlace extends SharedPlace {
  /** `onFailure` hears of an error that no boundary of the shared tree caught. Returns what lets go again. */
  hold(onFailure: (error: unknown) => void): () => void
}

/** The shared trees of a server, as the components of one live root use them. */
export interface SharedTrees {
  place(request: SharedRequest): HeldPlace
}

/**
 * Makes a component of which all viewers on a server see one instance: it is rendered, compared and encoded once, and
 * the same bytes go to every browser. Its state is common to all. Two viewers see the same instance when their props
 * are alike.
 *
 * `children`, and other props that are elements, stay the viewer's own: they are rendered where the shared component is
 * used, with the state and the contexts there, and appear where the shared component puts them. The shared component
 * itself sees no context of the places where it is used. A handler in it runs for whoever called: see {@link caller}.
 *
 * ```tsx
 * const Ticker = shared(TickerView)
 * <Ticker market="Oslo"><MyOrders /></Ticker>
 * ```
 *
 * @param View the component; its props are plain data, `Date`, `Map`, `Set`, typed arrays and elements.
 * @returns a component with the same props.
 * @throws `shared_prop` when it is rendered with a function, a symbol or a class instance in its props, and
 *   `outside_live_tree`.
 */
export function shared<Props extends object>(
  View: ComponentType<Props>,
  { graceMs = 5_000, keepMs = 300_000, key }: SharedOptions<Props> = {},
): (props: Props) => ReactElement {
  const definition = define(View as ComponentType<object>, graceMs, keepMs)
  const { name } = definition
  function Shared(props: Props): ReactElement {
    const { shared: trees } = useServices(`The shared component ${name}`)
    const { data, own } = divide(props)
    const outlets = Object.keys(own)
    const instance = `${key === undefined ? keyOf(name, data) : key(props)} ${outlets.sort().join()}`
    const place = useMemo(() => trees.place({ definition, key: instance, data, outlets }), [trees, instance])
    const [last, setLast] = useState({ instance, earlier: 0 })
    if (last.instance !== instance) setLast({ instance, earlier: last.earlier + 1 })
    const [failure, fail] = useState<Failure | null>(null)
    useInsertionEffect(() => place.hold((error) => fail({ place, error })), [place])
    if (failure?.place === place) throw failure.error
    // Another instance is another component for the browser too.
    return jsx(place as never, own, last.earlier === 0 ? undefined : String(last.earlier))
  }
  return Object.defineProperty(Shared, 'name', { value: `Shared${name}` })
}

interface Failure {
  readonly place: SharedPlace
  readonly error: unknown
}

/** The props that all viewers have in common, and those that are each one's own. */
function divide(props: object): { data: Record<string, unknown>; own: Record<string, unknown> } {
  const data: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(props)) {
    const isOwn = name === 'children' ? isShown(value) : hasElement(value)
    if (isOwn) own[name] = value
    else if (value !== undefined) data[name] = value
  }
  return { data, own }
}

/** What React shows nothing for may decide what a component does: `children ?? <Empty />`. */
function isShown(children: unknown): boolean {
  return children !== undefined && children !== null && typeof children !== 'boolean'
}

function hasElement(value: unknown): boolean {
  return isElement(value) || (Array.isArray(value) && value.some(hasElement))
}

function keyOf(component: string, data: Record<string, unknown>): string {
  try {
    return canonical(data)
  } catch (error) {
    throw error instanceof NoCanonicalText ? sharedProp(component, error.path.slice(1), error.found) : error
  }
}
