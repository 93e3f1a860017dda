import { isValidElement, type ReactElement } from 'react'
import { fieldFor } from './field.tsx'
import { createHandler, optionsOf } from './handler.ts'
import { mapContent, type Replace } from './map-content.ts'
import { rebuild } from './rebuild.ts'
import type { ClientRoot } from './root.ts'
import { type FunctionOwner, knownFunction } from './server-function.ts'
import { Outlet, SharedView } from './shared-view.tsx'
import { Slot } from './slot.tsx'

/** Makes decoded content into what React can show. */
export interface Bindings {
  /**
   * Puts the real thing where content has an element of no type: a `Slot` for a number, which is the slot's id (0 while
   * there is none), a function of the server for a text, which is its path in `slot`; its options may follow; an `Outlet`
   * for −1 and a name, and a `SharedView` for an object, which has the shared root's number and what its outlets show.
   */
  bind(content: unknown, slot: number): unknown
  /** What one slot shows, as the content of another: its functions are the other's. */
  rebind(content: unknown, slot: number): unknown
}

/** `owner` is the root that the functions belong to; `sharedRoot` finds the shared root of a number. */
export function createBindings(owner: FunctionOwner, sharedRoot: (id: number) => ClientRoot): Bindings {
  const handler = (slot: number, path: string, options?: string) =>
    createHandler({ slot, path, bound: [] }, owner, options ?? '')
  return {
    bind: (content, slot) =>
      mapContent(content, function replace(node) {
        if (!isValidElement(node)) return node
        if (node.type !== '') return withField(node, replace)
        if (!Array.isArray(node.props)) return withSharedRoot(node, replace, sharedRoot)
        const [place, options] = node.props as unknown as readonly [number | string, string?]
        if (typeof place === 'string') return handler(slot, place, options)
        if (place === -1) return rebuild({ ...node, type: Outlet }, { name: options })
        return rebuild({ ...node, type: Slot }, place === 0 ? {} : { id: place })
      }),
    rebind: (content, slot) =>
      mapContent(content, (node) => {
        const found = typeof node === 'function' ? knownFunction(node) : undefined
        return found === undefined ? node : handler(slot, found.reference.path, optionsOf(node as object))
      }),
  }
}

/** The place of a shared root; what its outlets show are props beside it, where edits find them. */
function withSharedRoot(
  element: ReactElement,
  replace: Replace,
  sharedRoot: (id: number) => ClientRoot,
): ReactElement {
  const { '': id, ...outlets } = element.props as Readonly<Record<string, unknown>>
  const shown = mapContent(outlets, replace) as Readonly<Record<string, unknown>>
  return rebuild({ ...element, type: SharedView }, { ...shown, '': sharedRoot(id as number) })
}

/** Fields that the user can change are shown by components of their own, so that they need not wait for the server. */
function withField(element: ReactElement, replace: Replace): ReactElement {
  const type = fieldFor(element.type)
  if (type === undefined) return element
  const props = mapContent(element.props, replace) as Readonly<Record<string, unknown>>
  // A copy: React's development build marks the props of an element that has a key.
  return rebuild({ ...element, type }, { ...props })
}

/** True where content has the function at a path. */
export function hasFunction(content: unknown, path: string): boolean {
  let found = false
  mapContent(content, (node) => {
    if (typeof node === 'function') found ||= knownFunction(node)?.reference.path === path
    return node
  })
  return found
}
