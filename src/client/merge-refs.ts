import type { Ref, RefCallback } from 'react'

/** A ref that does what two do. */
export function mergeRefs<T>(first: RefCallback<T>, second: Ref<T>): RefCallback<T> {
  return (instance) => {
    first(instance)
    const detach = assign(second, instance)
    return () => {
      first(null)
      if (typeof detach === 'function') detach()
      else assign(second, null)
    }
  }
}

function assign<T>(ref: Ref<T>, instance: T | null): unknown {
  if (typeof ref === 'function') return ref(instance)
  if (ref !== null) ref.current = instance
  return undefined
}
