import type { ReactElement } from 'react'
import { jsx } from 'react/jsx-runtime'

/**
 * Stands in a private tree's template, as an element's type, for a tree that others see too. The element's props are
 * what the viewer put into that tree: they stay in the private one, and the browser places them.
 */
export abstract class SharedPlace {
  /** The number of the shared tree on the wire; known once the place is held. */
  abstract readonly id: number
}

/**
 * Stands in a shared tree's template, as an element's type, for what each viewer put there himself: a prop of the
 * shared component that holds elements.
 */
export class Outlet {
  constructor(readonly name: string) {}
}

const outlets = new Map<string, Outlet>()

/** What a shared component gets in place of a prop that is the viewer's own. */
export function outletElement(name: string): ReactElement {
  let outlet = outlets.get(name)
  if (outlet === undefined) {
    outlet = new Outlet(name)
    outlets.set(name, outlet)
  }
  return jsx(outlet as never, {})
}
