const values = new WeakSet<object>()

/** What {@link live} makes. The server function gets a `LiveArgument` of the same type in its place. */
export interface LiveValue<T> {
  readonly value: T
}

/**
 * Makes an argument for `useLiveStream` live: when it changes, the running server function sees the new value, and is
 * not called again. The function takes a `LiveArgument` there.
 *
 * @param value anything that a server function takes.
 */
export function live<T>(value: T): LiveValue<T> {
  const own = { value }
  values.add(own)
  return own
}

export function isLive(argument: unknown): argument is LiveValue<unknown> {
  return typeof argument === 'object' && argument !== null && values.has(argument)
}
