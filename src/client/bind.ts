import { isValidElement, type ReactElement } from 'react'
import { fieldFor } from './field.tsx'
import { createHandler, optionsOf } from './handler.ts'
import { mapContent, type Replace } from './map-content.ts'
import { rebuild } from './rebuild.ts'
import { type FunctionOwner, knownFunction } from './server-function.ts'
import { Slot } from './slot.tsx'

/** Makes decoded content into what React can show. */
export interface Bindings {
  /**
   * Puts the real thing where content has an element of no type: a `Slot` for a number, which is the slot's id (0 while
   * there is none), and a function of the server for a text, which is its path in `slot`; its options may follow.
   */
  bind(content: unknown, slot: number): unknown
  /** What one slot shows, as the content of another: its functions are the other's. */
  rebind(content: unknown, slot: number): unknown
}

/** `owner` is the root that the functions belong to. */
export function createBindings(owner: FunctionOwner): Bindings {
  const handler = (slot: number, path: string, options?: string) =>
    createHandler({ slot, path, bound: [] }, owner, options ?? '')
  return {
    bind: (content, slot) =>
      mapContent(content, function replace(node) {
        if (!isValidElement(node)) return node
        if (node.type !== '') return withField(node, replace)
        const [place, options] = node.props as readonly [number | string, string?]
        if (typeof place === 'string') return handler(slot, place, options)
        return rebuild({ ...node, type: Slot }, place === 0 ? {} : { id: place })
      }),
    rebind: (content, slot) =>
      mapContent(content, (node) => {
        const found = typeof node === 'function' ? knownFunction(node) : undefined
        return found === undefined ? node : handler(slot, found.reference.path, optionsOf(node as object))
      }),
  }
}

/** Fields that the user can change are shown by components of their own, so that they need not wait for the server. */
function withField(element: ReactElement, replace: Replace): ReactElement {
  const type = fieldFor(element.type)
  if (type === undefined) return element
  const props = mapContent(element.props, replace) as Readonly<Record<string, unknown>>
  // A copy: React's development build marks the props of an element that has a key.
  return rebuild({ ...element, type }, { ...props })
}
