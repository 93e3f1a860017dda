import { memo, type ReactElement, type ReactNode, Suspense, useRef } from 'react'
import { jsx } from 'react/jsx-runtime'
import { LiverootError } from '../errors.ts'
import { AsyncOutput } from './async-output.ts'
import { slotElement, type WalkMemo } from './slot-element.ts'
import { type AnyFunction, isElement, tags } from './template.ts'
import { liveType } from './wrap.ts'

/**
 * The element that the server's reconciler renders where a hole is. Its key is the hole's path. Its props are the very
 * object that the author's element had, so that React's own bail-out (same element, no render) holds.
 */
export function holeElement(element: ReactElement, path: string, owner: string): ReactElement {
  if (!isElement(element)) return jsx(AsyncChild, { value: element as unknown, owner }, path)
  const { type } = element as { type: unknown }
  if (typeof type === 'function')
    return withSameProps(liveType(type as AnyFunction), element.props as object, path)
  if (typeof type === 'symbol') return boundaryElement(element, type, path, owner)
  const $$typeof = (type as { $$typeof?: symbol } | null | undefined)?.$$typeof
  if ($$typeof === tags.context) return providerElement(element, path, owner)
  if (
    $$typeof === tags.memo ||
    $$typeof === tags.forwardRef ||
    $$typeof === tags.lazy ||
    $$typeof === tags.consumer
  ) {
    return withSameProps(liveType(type as object), element.props as object, path)
  }
  throw new LiverootError(
    'unsupported_type',
    `<${owner}> renders an element whose type is ${describe(type)}. Check the import: a component must be a function ` +
      'or a class.',
  )
}

const copies = new WeakMap<object, ReactElement>()

/**
 * React skips a component whose props are the very object they were. Its development build freezes that object, and
 * cannot make a second element around it: there, one copy is made and handed out again.
 */
function withSameProps(type: unknown, props: object, key: string): ReactElement {
  if (!Object.isFrozen(props)) return jsx(type as never, props as never, key)
  const known = copies.get(props)
  if (known !== undefined && known.type === type && known.key === key) return known
  const made = jsx(type as never, { ...props } as never, key)
  copies.set(props, made)
  return made
}

function describe(type: unknown): string {
  return type === null ? 'null' : typeof type === 'object' ? 'an object' : String(type)
}

interface ContentProps {
  readonly children?: ReactNode
  readonly owner: string
}

/**
 * The children of an element that is both here and in the browser, or only here (a context provider). A component of
 * its own, so that unchanged children cost nothing when only the provider's value changed.
 */
const Content = memo(function Content({ children, owner }: ContentProps): ReactElement {
  const walked: WalkMemo = useRef<unknown>(undefined)
  return slotElement(children, walked, owner)
})

function content(element: ReactElement, owner: string): ReactElement {
  return jsx(Content, { children: (element.props as { children?: ReactNode }).children, owner })
}

/** Nothing is rendered in place of suspended content here: the fallback is the browser's, so the slot is just absent. */
function boundaryElement(element: ReactElement, type: symbol, path: string, owner: string): ReactElement {
  if (type === tags.suspense)
    return jsx(Suspense, { fallback: null, children: content(element, owner) }, path)
  const { fallback: _, ...props } = element.props as Record<string, unknown>
  return jsx(type as never, { ...props, children: content(element, owner) }, path)
}

function providerElement(element: ReactElement, path: string, owner: string): ReactElement {
  const { value } = element.props as { value: unknown }
  return jsx(element.type as never, { value, children: content(element, owner) } as never, path)
}

/** A promise or async iterable among the children: stands for what it resolves to. */
function AsyncChild({ value, owner }: { value: unknown; owner: string }): ReactElement {
  return jsx(AsyncOutput, { value: value as PromiseLike<unknown>, owner })
}
