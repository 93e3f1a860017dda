import type { RefCallback } from 'react'
import { eventTypeOf } from '../protocol/live-event.ts'
import { mergeRefs } from './merge-refs.ts'

type Detach = () => void
type Attach = (element: Element) => Detach

/**
 * The functions that must know when an element that has them comes and goes: those with listeners of their own, and
 * those that may have a call waiting.
 */
export const attachable = new WeakMap<object, Attach>()

/** The event that React listens to passively, if the handler at a path is for one. */
export function passiveType(path: string): string | null {
  const type = eventTypeOf(path)
  return ['wheel', 'touchstart', 'touchmove'].includes(type) ? type : null
}

type Ref = RefCallback<Element>
type Props = Readonly<Record<string, unknown>>

interface Own {
  readonly functions: readonly object[]
  readonly ref: Ref
}

/** By the first function: the same functions give the same ref, or React would take the element for a new one. */
const known = new WeakMap<object, Own>()
const ownRefs = new WeakSet<object>()

/** The props of a host element, with a `ref` for the functions in them that must know of the element. */
export function withHandlerRef(props: Props): Props {
  const functions = Object.values(props).filter(isAttachable)
  const { ref } = props
  const isOwn = typeof ref === 'function' && ownRefs.has(ref)
  if (functions.length === 0) return isOwn ? without(props) : props
  const own = refFor(functions)
  // A field has a ref of its own.
  const other = isOwn || ref == null ? null : (ref as Ref)
  return { ...props, ref: other === null ? own : merged(own, other) }
}

function isAttachable(value: unknown): value is object {
  return typeof value === 'function' && attachable.has(value)
}

function without({ ref: _, ...props }: Props): Props {
  return props
}

function refFor(functions: readonly object[]): Ref {
  const [first] = functions as [object]
  const before = known.get(first)
  if (
    before?.functions.length === functions.length &&
    functions.every((each, i) => each === before.functions[i])
  ) {
    return before.ref
  }
  const ref: Ref = (element) => {
    if (element === null) return
    const detach = functions.map((each) => attachable.get(each)?.(element))
    return () => {
      for (const each of detach) each?.()
    }
  }
  known.set(first, { functions, ref })
  ownRefs.add(ref)
  return ref
}

const pairs = new WeakMap<Ref, { readonly other: Ref; readonly both: Ref }>()

function merged(own: Ref, other: Ref): Ref {
  const before = pairs.get(own)
  if (before?.other === other) return before.both
  const both = mergeRefs(other, own)
  pairs.set(own, { other, both })
  return both
}
