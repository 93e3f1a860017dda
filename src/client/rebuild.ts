import type { ElementType, ReactElement } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import { withHandlerRef } from './handler-refs.ts'

/** The same element with other props. Its children were checked for keys where they were written. */
export function rebuild({ type, key }: ReactElement, given: Readonly<Record<string, unknown>>): ReactElement {
  const props = typeof type === 'string' ? withHandlerRef(given) : given
  const make = Array.isArray(props.children) ? jsxs : jsx
  const made = make(type as ElementType, props as never, key ?? undefined)
  // React's development build keeps this mark, and would miss keys where the author's list was none (a fragment).
  const { _store } = made as { _store?: { validated: number } }
  if (_store !== undefined) _store.validated = 1
  return made
}
