import { type ReactElement, Suspense, useInsertionEffect, useRef, useState } from 'react'
import { jsx } from 'react/jsx-runtime'
import type { Captured } from './capture.ts'
import { placeOf, type Stored, setPlace } from './restoring.ts'
import { pendingSlot, slotElement, type WalkMemo } from './slot-element.ts'

/** What an async component (a promise) or an async generator (an iterable, each value the new output) returns. */
export type AsyncValue = PromiseLike<unknown> | AsyncIterable<unknown>

/** True when a component's result is not there yet. */
export function isAsync(value: unknown): value is AsyncValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    (typeof (value as PromiseLike<unknown>).then === 'function' || Symbol.asyncIterator in value)
  )
}

type Settled = { readonly node: unknown } | { readonly error: unknown }

interface AsyncOutputProps {
  readonly value: AsyncValue
  readonly owner: string
  /** The state of the async component. */
  readonly captured: Captured | null
}

/** The element that stands for what is not there yet; `stored` is what a snapshot has of that. */
export function asyncOutput(
  value: AsyncValue,
  owner: string,
  stored: Stored | null,
  captured: Captured | null,
): ReactElement {
  const element = jsx(AsyncOutput, { value, owner, captured })
  setPlace(element.props as object, stored)
  return element
}

/**
 * The slot of an async component. It never suspends the reconciler, which would call the component again on every
 * try: it commits at once, pending, and settles by a state update. A later promise leaves the old output standing
 * until it is ready.
 */
function AsyncOutput(props: AsyncOutputProps): ReactElement {
  const { value, owner, captured } = props
  const walked: WalkMemo = useRef<unknown>(undefined)
  if (walked.stored === undefined) walked.stored = placeOf(props)
  const [settled, settle] = useState<Settled | null>(null)
  // An insertion effect, for it stays in place while an Activity hides the component, and StrictMode leaves it alone: an
  // iterator that was ended stays so.
  useInsertionEffect(() => {
    const follower = new Follower(value, settle)
    return () => follower.stop()
  }, [value])
  if (settled !== null && 'error' in settled) throw settled.error
  const slot = settled === null ? pendingSlot(captured) : slotElement(settled.node, walked, owner, captured)
  // A boundary of its own: where something in the old output waits, the next value must be followed all the same.
  return jsx(Suspense, { fallback: null, children: slot })
}

/** Reports every value of a promise or an iterable until it is stopped; stopping ends an iterator with `return()`. */
class Follower {
  private stopped = false
  private iterator: AsyncIterator<unknown> | undefined

  constructor(
    value: AsyncValue,
    private readonly settle: (settled: Settled) => void,
  ) {
    if ('then' in value) {
      // Never at once: an insertion effect must not set state.
      Promise.resolve(value).then(
        (node) => this.report({ node }),
        (error: unknown) => this.report({ error }),
      )
    } else {
      this.iterator = value[Symbol.asyncIterator]()
      void this.drain(this.iterator)
    }
  }

  stop(): void {
    this.stopped = true
    // An iterator that fails while it is being stopped has nobody left to tell.
    void this.iterator?.return?.()?.then(undefined, () => {})
  }

  private report(settled: Settled): void {
    if (!this.stopped) this.settle(settled)
  }

  private async drain(iterator: AsyncIterator<unknown>): Promise<void> {
    try {
      for (
        let result = await iterator.next();
        !result.done && !this.stopped;
        result = await iterator.next()
      ) {
        this.report({ node: result.value })
      }
    } catch (error) {
      this.report({ error })
    }
  }
}
