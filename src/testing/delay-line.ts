/** How far away the other end of a connection is. */
export interface LatencyOptions {
  /** Added to a round trip, in milliseconds: half of it each way. 0 by default. */
  readonly latencyMs?: number
  /**
   * Up to so many milliseconds more, drawn anew for every message, each way. What comes later waits for what came
   * earlier, as over TCP: nothing overtakes. 0 by default.
   */
  readonly jitterMs?: number
  /** Numbers from 0 up to 1. Give a seeded generator to draw the same delays again. `Math.random` by default. */
  readonly random?: () => number
}

/** One way of a connection for one message: half the latency, and a part of the jitter. */
export function oneWayMs({ latencyMs = 0, jitterMs = 0, random = Math.random }: LatencyOptions): number {
  return latencyMs / 2 + (jitterMs === 0 ? 0 : jitterMs * random())
}

interface Held {
  readonly dueAt: number
  readonly release: () => void
}

/** Holds things back, each for a time of its own, and lets them go in the order in which they came. */
export class DelayLine {
  private held: Held[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private paused = false

  /** Calls `release` in so many milliseconds, and not before what was pushed earlier. */
  push(delayMs: number, release: () => void): void {
    this.held.push({ dueAt: performance.now() + delayMs, release })
    this.timer ??= this.arm()
  }

  /** Lets nothing go until {@link resume}. */
  pause(): void {
    this.paused = true
    this.disarm()
  }

  resume(): void {
    this.paused = false
    this.timer ??= this.arm()
  }

  /** Forgets everything. */
  clear(): void {
    this.held = []
    this.disarm()
  }

  private arm(): ReturnType<typeof setTimeout> | undefined {
    const [first] = this.held
    if (first === undefined || this.paused) return undefined
    return setTimeout(() => this.run(), Math.ceil(first.dueAt - performance.now()))
  }

  private disarm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private run(): void {
    this.timer = undefined
    // Timers count whole milliseconds and may be early by a part of one.
    while ((this.held[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= performance.now()) {
      this.held.shift()?.release()
    }
    this.timer ??= this.arm()
  }
}
