import type { ReactElement } from 'react'
import { jsx } from 'react/jsx-runtime'
import type { Captured, CaptureMemo } from './capture.ts'
import { arrangeHoles, type HoleMemo } from './hole-groups.ts'
import type { Stored } from './restoring.ts'
import type { Output, TemplateNode } from './template.ts'
import { pending } from './template.ts'
import { Walk } from './walk.ts'

/** The one host type of the reconciler: a fiber of this type is a slot. */
export const slotType = 'slot'

/** What a component instance keeps between its renders. */
export interface WalkMemo extends HoleMemo, CaptureMemo {
  /** Its previous template, so that the next walk can reuse what stayed equal. */
  current: TemplateNode
  /** What a snapshot has of it and of what is below it; set where it is mounted from one. */
  stored?: Stored | null
}

const nothingYet: Output = { node: pending, handlers: null, holes: [], children: null, captured: null }

/** The slot that holds a component's output, with the components met in it as its children. */
export function slotElement(
  value: unknown,
  memo: WalkMemo,
  owner: string,
  captured: Captured | null = null,
): ReactElement {
  const walk = new Walk(owner, memo.stored ?? null)
  const node = walk.output(value, memo.current)
  memo.current = node
  const { holes, handlers } = walk
  const children = arrangeHoles(holes, memo)
  return jsx(slotType, { node, handlers, holes, children, captured } satisfies Output)
}

/** A slot with nothing to show yet. */
export function pendingSlot(captured: Captured | null): ReactElement {
  return jsx(slotType, captured === null ? nothingYet : { ...nothingYet, captured })
}
