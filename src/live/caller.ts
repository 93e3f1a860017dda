import { LiverootError } from '../errors.ts'

/** Who called a function of a live tree. */
export interface Caller {
  /** Names the caller's session: the same text in all calls of one page, and never another's. */
  readonly session: string
}

let current: Caller | null = null

/**
 * Who called the handler that is running: in a shared component, one of its many viewers. To be asked before the first
 * `await` of the handler, as hooks are before the first `return`.
 *
 * @throws `no_caller` while no call of a browser is running, as in a render, an effect, or after an `await`.
 */
export function caller(): Caller {
  if (current === null) throw new LiverootError('no_caller')
  return current
}

/** Calls a function for someone. */
export function callFor<T>(who: Caller, call: () => T): T {
  const outer = current
  current = who
  try {
    return call()
  } finally {
    current = outer
  }
}
