/** A browser that is away longer than this finds its session asleep. */
export const sessionGraceMs = 5_000

/** A session in which nothing happens for this long sleeps, too. */
export const sleepAfterMs = 4_000

/** After this, the session of a browser that left without a word is forgotten. */
export const sessionTtlMs = 60_000

/** Longer than the store takes to forget, from then on. */
export const forgetMs = 2 * sessionTtlMs + 5_000
