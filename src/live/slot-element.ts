import type { ReactElement } from 'react'
import { jsx } from 'react/jsx-runtime'
import type { Output, TemplateNode } from './template.ts'
import { pending } from './template.ts'
import { Walk } from './walk.ts'

/** The one host type of the reconciler: a fiber of this type is a slot. */
export const slotType = 'slot'

/** Where a component keeps its previous template, so that the next walk can reuse what stayed equal. */
export interface WalkMemo {
  current: TemplateNode
}

const nothingYet: Output = { node: pending, handlers: null, children: null }

/** The slot that holds a component's output, with the components met in it as its children. */
export function slotElement(value: unknown, memo: WalkMemo, owner: string): ReactElement {
  const walk = new Walk(owner)
  const node = walk.node(value, memo.current)
  memo.current = node
  const children = walk.holes.length === 0 ? null : walk.holes
  return jsx(slotType, { node, handlers: walk.handlers, children } satisfies Output)
}

/** A slot with nothing to show yet. */
export function pendingSlot(): ReactElement {
  return jsx(slotType, nothingYet)
}
