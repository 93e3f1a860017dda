import { type ComponentType, type ReactElement, useInsertionEffect, useMemo, useState } from 'react'
import { jsx } from 'react/jsx-runtime'
import { canonical, NoCanonicalText } from './canonical.ts'
import { sharedProp } from './refusals.ts'
import { useServices } from './services.ts'
import { outletElement, type SharedPlace } from './shared-place.ts'
import { isElement } from './template.ts'
import { componentName } from './wrap.ts'

/** What {@link shared} takes beside the component. */
export interface SharedOptions<Props> {
  /** How long an instance that nobody sees any more is kept, with its state, in milliseconds. 5,000. */
  readonly graceMs?: number
  /**
   * Names the instance that props belong to. By default a text of all props that are data, the same for props that are
   * alike. Where two viewers' props give one text and differ all the same, the instance has those of the first.
   */
  readonly key?: (props: Props) => string
}

/** A shared component, and how its instances are told apart. */
export interface SharedDefinition {
  readonly name: string
  readonly View: ComponentType<object>
  readonly graceMs: number
}

/** One instance as one viewer asks for it. */
export interface SharedRequest {
  readonly definition: SharedDefinition
  readonly key: string
  /** The props of the instance: the viewer's data, and outlets for what is the viewer's own. */
  readonly props: object
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
  { graceMs = 5_000, key }: SharedOptions<Props> = {},
): (props: Props) => ReactElement {
  const name = componentName(View)
  const definition: SharedDefinition = { name, View: View as ComponentType<object>, graceMs }
  function Shared(props: Props): ReactElement {
    const { shared: trees } = useServices(`The shared component ${name}`)
    const { data, own } = divide(props)
    const outlets = Object.keys(own)
    const instance = `${key === undefined ? keyOf(name, data) : key(props)} ${outlets.sort().join()}`
    const place = useMemo(() => {
      const stands = Object.fromEntries(outlets.map((each) => [each, outletElement(each)]))
      return trees.place({ definition, key: instance, props: { ...data, ...stands } })
    }, [trees, instance])
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
