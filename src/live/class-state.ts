import type { Component, ReactElement, ReactNode } from 'react'
import { type Captured, recovered } from './capture.ts'
import { rendering } from './rendering.ts'
import { absent, placeOf } from './restoring.ts'
import type { ComponentInfo } from './signature.ts'
import { slotElement, type WalkMemo } from './slot-element.ts'

/**
 * Gives a new instance the state that was stored for it. One with a `ref` or `defaultProps` starts afresh: React gives
 * it a copy of the props, by which nothing is found.
 */
export function restoreClass(instance: Component, memo: WalkMemo, info: ComponentInfo, props: object): void {
  const stored = placeOf(props)
  if (stored === null) return
  memo.stored = stored
  const state = info.durable ? stored.stateFor(info) : null
  if (state?.kinds !== 'c' || state.values[0] === absent) return
  instance.state = state.values[0] as object
}

/** Renders an instance into its slot. */
export function classOutput(
  instance: Component,
  memo: WalkMemo,
  info: ComponentInfo,
  render: () => ReactNode,
): ReactElement {
  if (rendering.state === null) return slotElement(render(), memo, info.name)
  if (memo.stored === undefined) memo.stored = placeOf(elementProps(instance))
  const node = recovered(info, memo.stored, render)
  const { state } = instance
  const captured: Captured =
    info.durable && state != null ? { component: info, kinds: 'c', values: [state] } : info.stateless
  return slotElement(node, memo, info.name, captured)
}

function elementProps(instance: Component): object {
  return (instance as unknown as { _reactInternals: { pendingProps: object } })._reactInternals.pendingProps
}
