import { startTransition, use, useState } from 'react'
import { sharedInternals } from './shared-internals.ts'

/**
 * The async actions of one live tree: functions given to `startTransition` that return a promise. While one is under
 * way, the transition it began does not appear, so that `useOptimistic` shows its guess until then.
 */
export class AsyncActions {
  private underWay: Promise<unknown> | null = null
  /** Set by the component below. */
  show: ((underWay: Promise<unknown>) => void) | null = null

  /** `mount` puts that component into the tree. */
  constructor(private readonly mount: () => void) {}

  /** Calls a function of the tree; the async actions that it starts are the tree's. */
  run(fn: () => unknown): unknown {
    const outer = current
    current = this
    try {
      return fn()
    } finally {
      current = outer
    }
  }

  add(action: PromiseLike<unknown>): void {
    this.underWay = Promise.allSettled([this.underWay, action])
    if (this.show === null) this.mount()
    this.show?.(this.underWay)
  }
}

let current: AsyncActions | null = null

/** Suspends, in the transition that an action began, until the action has ended. */
export function WaitForActions({ actions }: { actions: AsyncActions }): null {
  const [underWay, show] = useState<Promise<unknown> | null>(null)
  actions.show = show
  if (underWay !== null) use(underWay)
  return null
}

/**
 * React's renderers hold back *all* their transitions while *any* async action is under way, for they take all their
 * roots to be one user's. Here they are everybody's: `makeRenderer`'s renderer never hears of such a promise, and the
 * tree whose handler started the action waits alone.
 */
export function withOwnActions<T>(makeRenderer: () => T): T {
  const others = sharedInternals.S
  sharedInternals.S = null
  const renderer = makeRenderer()
  const own = sharedInternals.S as typeof others
  sharedInternals.S = (transition, result) => {
    own?.(transition, undefined)
    if (isPromise(result)) current?.add(result)
    others?.(transition, result)
  }
  return renderer
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

/** Calls a function in a transition, which lasts until its promise settles. Its errors are the caller's, not React's. */
export function inTransition(call: () => unknown): unknown {
  let outcome: { result: unknown } | { error: unknown } = { result: undefined }
  startTransition(() => {
    try {
      outcome = { result: call() }
    } catch (error) {
      outcome = { error }
      return
    }
    if (isPromise(outcome.result)) return Promise.resolve(outcome.result).then(doNothing, doNothing)
  })
  if ('error' in outcome) throw outcome.error
  return outcome.result
}

function doNothing(): void {}
