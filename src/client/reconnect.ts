/** How the client tries again. */
export interface ReconnectOptions {
  /** The first wait is at most this. 500. */
  readonly firstDelayMs: number
  /** No wait is longer than this, unless the server asks for it. 30,000. */
  readonly maxDelayMs: number
  /** How long a new connection may take until the server's welcome. 10,000. */
  readonly connectTimeoutMs: number
  /** When the page wakes, how long the server may take to answer before the connection counts as lost. 4,000. */
  readonly probeTimeoutMs: number
}

/** What `ReconnectOptions` are where an application gives none: milliseconds all. */
export const defaultReconnectOptions: ReconnectOptions = {
  firstDelayMs: 500,
  maxDelayMs: 30_000,
  connectTimeoutMs: 10_000,
  probeTimeoutMs: 4_000,
}

/**
 * How long to wait before a try. Drawn from the whole range: a thousand browsers that lost one server do not come back
 * as one. What the server asks for is the least, and spread over as much again.
 *
 * @param attempts how many tries in a row have failed; at least 1.
 */
export function retryDelayMs(
  { firstDelayMs, maxDelayMs }: ReconnectOptions,
  attempts: number,
  retryAfterMs: number | undefined,
): number {
  const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 20))
  if (retryAfterMs === undefined) return longest * Math.random()
  return retryAfterMs + Math.max(retryAfterMs, longest) * Math.random()
}
