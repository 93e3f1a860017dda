import { memo, type ReactElement, type ReactNode, Suspense, useRef } from 'react'
import { jsx } from 'react/jsx-runtime'
import { LiverootError } from '../errors.ts'
import { asyncOutput } from './async-output.ts'
import { placeOf, type Stored, setPlace } from './restoring.ts'
import { slotElement, type WalkMemo } from './slot-element.ts'
import { type AnyFunction, isElement, tags } from './template.ts'
import { liveType } from './wrap.ts'

/**
 * The element that the server's reconciler renders where a hole is. Its key is the hole's path. Its props are the very
 * object that the author's element had, so that React's own bail-out (same element, no render) holds. `stored` is what a
 * snapshot has of the component there.
 */
export function holeElement(
  element: ReactElement,
  path: string,
  owner: string,
  stored: Stored | null = null,
): ReactElement {
  if (!isElement(element)) return placed(jsx(AsyncChild, { value: element as unknown, owner }, path), stored)
  const { type } = element as { type: unknown }
  if (typeof type === 'function')
    return componentElement(liveType(type as AnyFunction), element.props as object, path, stored)
  if (typeof type === 'symbol') return boundaryElement(element, type, path, owner, stored)
  const $$typeof = (type as { $$typeof?: symbol } | null | undefined)?.$$typeof
  if ($$typeof === tags.context) return providerElement(element, path, owner, stored)
  if (
    $$typeof === tags.memo ||
    $$typeof === tags.forwardRef ||
    $$typeof === tags.lazy ||
    $$typeof === tags.consumer
  ) {
    return componentElement(liveType(type as object), element.props as object, path, stored)
  }
  throw new LiverootError(
    'unsupported_type',
    `<${owner}> renders an element whose type is ${describe(type)}. Check the import: a component must be a function ` +
      'or a class.',
  )
}

/** Stored state is found by the props: they must be nobody else's, as those of one element in two places are. */
function componentElement(type: unknown, props: object, key: string, stored: Stored | null): ReactElement {
  return stored === null
    ? withSameProps(type, props, key)
    : placed(jsx(type as never, { ...props } as never, key), stored)
}

function placed(element: ReactElement, stored: Stored | null): ReactElement {
  setPlace(element.props as object, stored)
  return element
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
const Content = memo(function Content(props: ContentProps): ReactElement {
  const walked: WalkMemo = useRef<unknown>(undefined)
  if (walked.stored === undefined) walked.stored = placeOf(props)
  return slotElement(props.children, walked, props.owner)
})

function content(element: ReactElement, owner: string, stored: Stored | null): ReactElement {
  const { children } = element.props as { children?: ReactNode }
  return placed(jsx(Content, { children, owner }), stored)
}

/** Nothing is rendered in place of suspended content here: the fallback is the browser's, so the slot is just absent. */
function boundaryElement(
  element: ReactElement,
  type: symbol,
  path: string,
  owner: string,
  stored: Stored | null,
): ReactElement {
  if (type === tags.suspense)
    return jsx(Suspense, { fallback: null, children: content(element, owner, stored) }, path)
  const { fallback: _, ...props } = element.props as Record<string, unknown>
  return jsx(type as never, { ...props, children: content(element, owner, stored) }, path)
}

function providerElement(
  element: ReactElement,
  path: string,
  owner: string,
  stored: Stored | null,
): ReactElement {
  const { value } = element.props as { value: unknown }
  return jsx(element.type as never, { value, children: content(element, owner, stored) } as never, path)
}

/** A promise or async iterable among the children: stands for what it resolves to. */
function AsyncChild(props: { value: unknown; owner: string }): ReactElement {
  return asyncOutput(props.value as PromiseLike<unknown>, props.owner, placeOf(props), null)
}
