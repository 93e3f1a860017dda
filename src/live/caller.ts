import { LiverootError } from '../errors.ts'
import type { LiveSession, LiveUser } from './session.ts'

let current: LiveSession | null = null

/**
 * Who called the handler that is running: in a shared component, one of its many viewers. To be asked before the first
 * `await` of the handler, as hooks are before the first `return`.
 *
 * @returns the caller's session: `id`, `user` (null for an anonymous browser) and `connected`.
 * @throws `no_caller` while no call of a browser is running, as in a render, an effect, or after an `await`.
 */
export function caller<User = LiveUser>(): LiveSession<User> {
  if (current === null) throw new LiverootError('no_caller')
  return current as LiveSession<User>
}

/** Calls a function for someone. */
export function callFor<T>(who: LiveSession, call: () => T): T {
  const outer = current
  current = who
  try {
    return call()
  } finally {
    current = outer
  }
}
