/** Longer than this in one go, and the sockets would notice. */
const sliceMs = 8

/** Reading the clock costs a part of what a small flush does. */
const flushesPerLook = 4

interface Flushable {
  flush(): void
}

const waiting = new Set<Flushable>()
let scheduled = false

/**
 * Flushes once in this turn of the event loop, however many commits come before it. Thousands at once are spread over
 * several turns.
 */
export function scheduleFlush(target: Flushable): void {
  waiting.add(target)
  schedule()
}

function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(flushSome)
}

function flushSome(): void {
  scheduled = false
  const end = performance.now() + sliceMs
  // Who comes meanwhile is flushed in the next turn.
  let left = waiting.size
  for (const target of waiting) {
    if (left === 0 || (left % flushesPerLook === 0 && performance.now() > end)) break
    left--
    waiting.delete(target)
    target.flush()
  }
  if (waiting.size > 0) schedule()
}
