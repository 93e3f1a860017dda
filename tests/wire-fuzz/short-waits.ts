/** Waits longer than this are those for what may never come: for a reader of a stream, for a new page, for a peer. */
const longMs = 1_000
/** React takes 300 ms to show again what suspended: what is given up sooner than that begins anew for ever. */
const timesAsFast = 10

const { setTimeout } = globalThis

/** Thousands of cases would each leave something that waits for a minute; here it is over when the next cases are. */
globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
  setTimeout(callback, ms > longMs ? ms / timesAsFast : ms, ...args)) as typeof setTimeout
