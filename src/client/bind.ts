import { isValidElement } from 'react'
import { jsx } from 'react/jsx-runtime'
import { createServerReference } from 'react-server-dom-webpack/client.browser'
import type { CallServer } from './flight.ts'
import { mapContent } from './map-content.ts'
import { Slot } from './slot.tsx'

/** Makes decoded content into what React can show. */
export interface Bindings {
  /**
   * Puts the real thing where content has an element of no type: a `Slot` for a number, which is the slot's id (0 while
   * there is none), and a function of the server for a text, which is its path in `slot`.
   */
  bind(content: unknown, slot: number): unknown
  /** What one slot shows, as the content of another: its functions are the other's. */
  rebind(content: unknown, slot: number): unknown
}

/** Where in its slot each function of a live tree stands. */
const paths = new WeakMap<object, string>()

/** `callServer` is what the functions do. */
export function createBindings(callServer: CallServer): Bindings {
  const handler = (slot: number, path: string): unknown => {
    const call = createServerReference(`${slot}.${path}`, callServer)
    paths.set(call, path)
    return call
  }
  return {
    bind: (content, slot) =>
      mapContent(content, (node) => {
        if (!isValidElement(node) || node.type !== '') return node
        const [place] = node.props as readonly [number | string]
        if (typeof place === 'string') return handler(slot, place)
        return jsx(Slot, place === 0 ? {} : { id: place }, node.key ?? undefined)
      }),
    rebind: (content, slot) =>
      mapContent(content, (node) => {
        const path = typeof node === 'function' ? paths.get(node) : undefined
        return path === undefined ? node : handler(slot, path)
      }),
  }
}
