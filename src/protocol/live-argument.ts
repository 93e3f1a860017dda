/**
 * An argument whose value the browser changes while the function runs: what a client component passed as `live(value)`.
 * Read `value` for the newest, or go through the values with `for await`; a loop that is busy when several come takes
 * only the newest of them. The loop ends when the browser no longer wants the result.
 */
export interface LiveArgument<T> extends AsyncIterable<T, void, undefined> {
  /** The newest value. */
  readonly value: T
}
