/** Longer than this in one go, and the sockets would notice. */
const sliceMs = 8

/** Reading the clock costs a part of what a small flush does. */
const flushesPerLook = 4

/** What can be flushed. */
export interface Flushable {
  /** The queue's own mark: it waits there. */
  isWaiting: boolean
  flush(): void
}

/** In order; those before `next` are done. A set would cost more than a small flush. */
let queue: Flushable[] = []
let next = 0
let scheduled = false

/**
 * Flushes once in this turn of the event loop, however many commits come before it. Thousands at once are spread over
 * several turns.
 */
export function scheduleFlush(target: Flushable): void {
  if (target.isWaiting) return
  target.isWaiting = true
  queue.push(target)
  schedule()
}

function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(flushSome)
}

function flushSome(): void {
  scheduled = false
  const deadline = performance.now() + sliceMs
  // Who comes meanwhile is flushed in the next turn.
  const end = queue.length
  let left = 0
  while (next < end) {
    if (left === 0 && performance.now() > deadline) break
    left = (left + 1) % flushesPerLook
    const target = queue[next++] as Flushable
    target.isWaiting = false
    target.flush()
  }
  queue = next === queue.length ? [] : queue.slice(next)
  next = 0
  if (queue.length > 0) schedule()
}
