import type { ReactElement } from 'react'
import { walkData } from './data.ts'
import { holeElement } from './hole-element.ts'
import { handlerProp, optionsOf } from './on.ts'
import { keyStep, Path } from './path.ts'
import { PreviousItems } from './previous-items.ts'
import { functionAsChild, functionOnHost, notAChild, refOnHost, tooDeep } from './refusals.ts'
import type { Stored } from './restoring.ts'
import { Outlet, SharedPlace } from './shared-place.ts'
import {
  type AnyFunction,
  Handler,
  Hole,
  isClientReference,
  isElement,
  TemplateElement,
  type TemplateNode,
  tags,
} from './template.ts'
import { warnMissingKey, warnSameKey } from './warnings.ts'

/** Deeper output than this is a mistake (usually data that refers to itself) and would overflow the stack. */
export const maxDepth = 400

const noHoles: readonly ReactElement[] = []

type Props = Readonly<Record<string, unknown>>

/**
 * Walks what one component returned into a template. Beside the new output goes the previous one: wherever the two are
 * equal the previous node itself is reused, so that a later diff descends only into what really changed.
 */
export class Walk {
  /** Null until there is one. */
  private found: ReactElement[] | null = null
  handlers: Map<string, AnyFunction> | null = null
  private readonly path = Path.take()

  /** `owner` is the component's name, for the messages of errors; `stored` what a snapshot has of what is below. */
  constructor(
    readonly owner: string,
    private readonly stored: Stored | null = null,
  ) {}

  /** The elements in the holes. */
  get holes(): readonly ReactElement[] {
    return this.found ?? noHoles
  }

  /** The whole output. */
  output(value: unknown, previous: TemplateNode): TemplateNode {
    const node = this.node(value, previous)
    this.path.release()
    return node
  }

  /** A value where React expects a node: the output itself, or children. */
  node(value: unknown, previous: TemplateNode, step = '0'): TemplateNode {
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'function') return this.functionAsChild(value)
      return value
    }
    if (Array.isArray(value)) return this.list(value, previous)
    if (isElement(value)) return this.child(value, previous, step)
    return this.exoticNode(value, previous, step)
  }

  /** A prop of an element: data, a function, or elements. */
  prop(name: string, value: unknown, previous: TemplateNode, host: boolean): TemplateNode {
    if (typeof value === 'function') return this.functionProp(name, value as AnyFunction, previous, host)
    if (typeof value !== 'object' || value === null) return value
    this.enter(name, '@')
    const walked = walkData(this, name, value, previous)
    this.leave()
    return walked
  }

  element(element: ReactElement, previous: TemplateNode, step: string): TemplateNode {
    const { type } = element
    if (typeof type === 'string') return this.kept(element, previous, step, type)
    if (isClientReference(type))
      return this.kept(element, previous, step, (type as { $$id?: string }).$$id ?? '')
    if (typeof type === 'symbol') return this.builtIn(element, previous, step)
    if ((type as unknown) instanceof SharedPlace || (type as unknown) instanceof Outlet)
      return this.kept(element, previous, step, 'shared')
    return this.hole(element, previous, step)
  }

  enter(step: string, type: string): void {
    if (this.path.depth >= maxDepth) throw tooDeep(this.owner, maxDepth)
    this.path.push(step, type)
  }

  leave(): void {
    this.path.pop()
  }

  /** React takes a keyless fragment for its children, wherever it is alone in its place. */
  private child(element: ReactElement, previous: TemplateNode, step: string): TemplateNode {
    if (!isKeylessFragment(element)) return this.single(element, previous, step)
    const { children } = element.props as Props
    if (!isElement(children) || !isKeylessFragment(children)) return this.node(children, previous, step)
    // Only one: another one in it has a level of its own.
    const before = Array.isArray(previous) && previous.length === 1 ? (previous as TemplateNode[]) : undefined
    const inner = this.fragment(children, before?.[0], step)
    return before !== undefined && Object.is(inner, before[0]) ? before : [inner]
  }

  /** An element that is not in a list; its key makes it another one all the same. */
  private single(element: ReactElement, previous: TemplateNode, step: string): TemplateNode {
    return this.element(element, previous, element.key === null ? step : keyStep(element.key))
  }

  /** An element in data: nobody knows what will stand beside it. */
  inData(element: ReactElement, previous: TemplateNode): TemplateNode {
    return isKeylessFragment(element)
      ? this.fragment(element, previous, '0')
      : this.single(element, previous, '0')
  }

  list(values: readonly unknown[], previous: TemplateNode): TemplateNode {
    const before = Array.isArray(previous) ? (previous as TemplateNode[]) : undefined
    const previousOf = before === undefined ? undefined : new PreviousItems(before)
    let keys: Set<string> | undefined
    // Made where the first item differs.
    let out: TemplateNode[] | null = before?.length === values.length ? null : new Array(values.length)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      const key = keyOf(value)
      let step = key === null ? String(i) : keyStep(key)
      if (key !== null && values.length > 1) {
        keys ??= new Set()
        if (keys.has(key)) {
          warnSameKey(this.owner, key)
          step += `<${i}>`
        } else keys.add(key)
      }
      const item = this.item(value, previousOf?.at(i, key), step)
      if (out === null && !Object.is(item, before?.[i])) out = before?.slice() as TemplateNode[]
      if (out !== null) out[i] = item
    }
    return out ?? before
  }

  private item(value: unknown, previous: TemplateNode, step: string): TemplateNode {
    if (typeof value !== 'object' || value === null) return this.node(value, previous, step)
    if (Array.isArray(value)) return this.nested(value, previous, step)
    if (!isElement(value)) return this.node(value, previous, step)
    warnMissingKey(this.owner, value)
    return isKeylessFragment(value)
      ? this.fragment(value, previous, step)
      : this.element(value, previous, step)
  }

  /** React makes no difference between a keyless fragment and an array; Flight would put its only child in its place. */
  private fragment(element: ReactElement, previous: TemplateNode, step: string): TemplateNode {
    let { children } = element.props as Props
    if (isElement(children) && isKeylessFragment(children)) children = (children.props as Props).children
    return this.nested(Array.isArray(children) ? children : [children], previous, step)
  }

  /** An array or keyless fragment among other children: React gives its items a level of their own. */
  private nested(values: readonly unknown[], previous: TemplateNode, step: string): TemplateNode {
    this.enter(step, '[')
    const walked = this.list(values, previous)
    this.leave()
    return walked
  }

  /** An element that stays in the template: its props are walked, its type is left alone. */
  private kept(element: ReactElement, previous: TemplateNode, step: string, name: string): TemplateElement {
    const before = sameElement(previous, element) ? previous : undefined
    if (before !== undefined && before.source === element) return before
    const props = element.props as Props
    const holes = this.found?.length
    const handlers = this.handlers?.size ?? 0
    this.enter(step, name)
    const walked = this.props(element, props, before?.props)
    this.leave()
    const inert = this.found?.length === holes && (this.handlers?.size ?? 0) === handlers
    if (walked === before?.props) {
      if (inert && before !== undefined) before.source = element
      return before as TemplateElement
    }
    return new TemplateElement(element.type, element.key, walked, inert ? element : null)
  }

  private props(element: ReactElement, props: Props, before: Props | undefined): Props {
    const host = typeof element.type === 'string'
    const out: Record<string, TemplateNode> = {}
    let count = 0
    let same = before !== undefined
    for (const given in props) {
      const value = props[given]
      const name = host ? handlerProp(given, value) : given
      if (name === 'ref' && value != null) throw refOnHost(this.owner, element.type)
      if (name === 'ref') continue
      const walked =
        name === 'children'
          ? this.node(value, before?.children)
          : this.prop(name, value, before?.[name], host)
      if (same && !(name in (before as Props) && Object.is(walked, before?.[name]))) same = false
      out[name] = walked
      count++
    }
    return same && countOf(before as Props) === count ? (before as Props) : out
  }

  /** Suspense, Activity and StrictMode act in the browser *and* here: the element stays, its children are a hole. */
  private builtIn(element: ReactElement, previous: TemplateNode, step: string): TemplateNode {
    switch (element.type as unknown as symbol) {
      case tags.fragment:
        return this.kept(element, previous, step, '[')
      case tags.suspense:
      case tags.activity:
      case tags.strictMode:
        return this.boundary(element, previous, step)
      case tags.profiler:
        return this.hole(element, previous, step)
      default:
        return this.kept(element, previous, step, String((element.type as unknown as symbol).description))
    }
  }

  private boundary(element: ReactElement, previous: TemplateNode, step: string): TemplateElement {
    const before = sameElement(previous, element) ? previous : undefined
    const { children: _, ...rest } = element.props as Record<string, unknown>
    this.enter(step, String((element.type as unknown as symbol).description))
    const inner = this.place(element, before?.props.children, '0', null)
    const walked = this.props(element, rest, undefined)
    this.leave()
    const props = shareProps({ ...walked, children: inner }, before?.props)
    if (props === before?.props) return before as TemplateElement
    return new TemplateElement(element.type, element.key, props, null)
  }

  private hole(element: ReactElement, previous: TemplateNode, step: string): Hole {
    return this.place(element, previous, step, element.key)
  }

  private place(element: ReactElement, previous: TemplateNode, step: string, key: string | null): Hole {
    const hole =
      previous instanceof Hole && previous.key === key ? previous : new Hole(this.path.hole(step), key)
    const stored = this.stored?.children.get(hole.path) ?? null
    const inHole = holeElement(element, hole.path, this.owner, stored)
    if (this.found === null) this.found = [inHole]
    else this.found.push(inHole)
    return hole
  }

  /** Promises and async iterables stand for what they resolve to; other iterables for their items, as in React. */
  exoticNode(value: object, previous: TemplateNode, step: string): TemplateNode {
    if (typeof (value as PromiseLike<unknown>).then === 'function' || Symbol.asyncIterator in value) {
      return this.place(value as unknown as ReactElement, previous, step, null)
    }
    if (Symbol.iterator in value) return this.list([...(value as Iterable<unknown>)], previous)
    throw notAChild(this.owner, value)
  }

  private functionProp(
    name: string,
    value: AnyFunction,
    previous: TemplateNode,
    host: boolean,
  ): TemplateNode {
    if (isClientReference(value)) return value
    if (host && !isHostHandler(name)) throw functionOnHost(this.owner, name)
    const options = optionsOf(value)
    const before = previous instanceof Handler ? previous : undefined
    const handler =
      before?.options === options ? before : new Handler(before?.path ?? this.path.handler(name), options)
    this.handlers ??= new Map()
    this.handlers.set(handler.path, value)
    return handler
  }

  private functionAsChild(value: unknown): TemplateNode {
    if (isClientReference(value)) return value
    throw functionAsChild(this.owner)
  }
}

/** How many props there are; a list of their names would be thrown away. */
function countOf(props: Props): number {
  let count = 0
  for (const _ in props) count++
  return count
}

function keyOf(value: unknown): string | null {
  return isElement(value) ? value.key : null
}

function isKeylessFragment(element: ReactElement): boolean {
  return (element.type as unknown) === tags.fragment && element.key === null
}

function sameElement(previous: TemplateNode, element: ReactElement): previous is TemplateElement {
  return previous instanceof TemplateElement && previous.type === element.type && previous.key === element.key
}

function shareProps(props: Props, before: Props | undefined): Props {
  if (before === undefined) return props
  const names = Object.keys(props)
  if (names.length !== Object.keys(before).length) return props
  return names.every((name) => name in before && Object.is(props[name], before[name])) ? before : props
}

function isHostHandler(name: string): boolean {
  return /^on[A-Z]/.test(name) || name === 'action' || name === 'formAction'
}
