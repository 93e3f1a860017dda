import type { ReactElement } from 'react'
import type { Captured } from './capture.ts'

/**
 * What a component put out, with every nested component cut out and replaced by a hole, and every function replaced
 * by a handler. Host elements and client components stay. Anything that is not one of the three classes below, an
 * array or a plain object is a leaf: data that Flight carries as it is.
 */
export type TemplateNode = unknown

/** A host element, a client component, or one of React's own element types (Suspense, a keyed Fragment, ...). */
export class TemplateElement {
  constructor(
    readonly type: unknown,
    readonly key: string | null,
    readonly props: Readonly<Record<string, TemplateNode>>,
    /**
     * The element this was made from, kept where nothing below is a hole or a handler: meeting the very same one
     * again, the walk reuses the whole without a second look (hoisted and compiled JSX does that).
     */
    public source: ReactElement | null,
  ) {}
}

/** Where a component stood. `path` names the place inside the slot, and is the React key of the component there. */
export class Hole {
  constructor(
    readonly path: string,
    /** The key that the author gave the element; it travels, so that React in the browser sees the same identity. */
    readonly key: string | null,
  ) {}
}

/** Where a function stood. A new closure at the same place is the same handler: it never travels again. */
export class Handler {
  constructor(
    readonly path: string,
    /** Those of `on`, as they travel; empty where there are none. */
    readonly options = '',
  ) {}
}

/** What one render of one component gives to its slot; the props of the slot's element. */
export interface Output {
  readonly node: TemplateNode
  /** The closures of this render by handler path; null when there are none. */
  readonly handlers: ReadonlyMap<string, AnyFunction> | null
  /** The elements in the template's holes; their keys are the holes' paths. */
  readonly holes: readonly ReactElement[]
  /** The same for React, which has many of them in groups. */
  readonly children: readonly ReactElement[] | null
  /** The state behind it, where that is captured. */
  readonly captured: Captured | null
}

// biome-ignore lint/suspicious/noExplicitAny: a handler takes whatever the browser sends it
export type AnyFunction = (...args: any[]) => unknown

/** The node of a slot that has nothing to show yet (an async component under way). In the browser it suspends. */
export const pending = Symbol('liveroot.pending')

/** React's tags for the kinds of things that can stand in a tree; they are global symbols, alike in every copy. */
export const tags = {
  clientReference: Symbol.for('react.client.reference'),
  serverReference: Symbol.for('react.server.reference'),
  element: Symbol.for('react.transitional.element'),
  portal: Symbol.for('react.portal'),
  fragment: Symbol.for('react.fragment'),
  strictMode: Symbol.for('react.strict_mode'),
  profiler: Symbol.for('react.profiler'),
  suspense: Symbol.for('react.suspense'),
  activity: Symbol.for('react.activity'),
  context: Symbol.for('react.context'),
  consumer: Symbol.for('react.consumer'),
  forwardRef: Symbol.for('react.forward_ref'),
  memo: Symbol.for('react.memo'),
  lazy: Symbol.for('react.lazy'),
} as const

/** True for a component that lives in the browser: it stays in the template and is never called here. */
export function isClientReference(type: unknown): boolean {
  return (
    (typeof type === 'function' || (typeof type === 'object' && type !== null)) &&
    (type as { $$typeof?: unknown }).$$typeof === tags.clientReference
  )
}

/** True for what JSX makes. */
export function isElement(value: unknown): value is ReactElement {
  return (
    typeof value === 'object' && value !== null && (value as { $$typeof?: unknown }).$$typeof === tags.element
  )
}
