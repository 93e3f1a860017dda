/** Longer than this in one go, and the sockets would notice. */
const sliceMs = 8

interface Flushable {
  flush(): void
}

let waiting = new Set<Flushable>()
let scheduled = false

/**
 * Flushes once in this turn of the event loop, however many commits come before it. Thousands at once are spread over
 * several turns.
 */
export function scheduleFlush(target: Flushable): void {
  waiting.add(target)
  if (scheduled) return
  scheduled = true
  setImmediate(flushSome)
}

function flushSome(): void {
  scheduled = false
  const batch = waiting
  waiting = new Set()
  const end = performance.now() + sliceMs
  for (const target of batch) {
    batch.delete(target)
    target.flush()
    if (performance.now() > end) break
  }
  for (const rest of batch) scheduleFlush(rest)
}
