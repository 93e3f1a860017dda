import { LiverootError } from '../errors.ts'

let current: string | null = null

/** Runs the synchronous part of a call. */
export function runAsCall<Result>(id: string, run: () => Result): Result {
  const outer = current
  current = id
  try {
    return run()
  } finally {
    current = outer
  }
}

/**
 * The id of the call that runs a handler or a server function: the same when the call runs again because the server was
 * lost before it was known to have run, and no other call's ever. Give it to what the call does outside (a payment, an
 * insert) as its idempotency key. Must be asked for before the first `await`.
 *
 * @returns a text of up to 64 characters, letters, digits, `-`, `_` and `.`.
 * @throws `outside_call` where no call has just begun.
 */
export function callId(): string {
  if (current === null) throw new LiverootError('outside_call')
  return current
}
