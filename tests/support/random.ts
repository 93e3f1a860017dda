/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws of all kinds; the same ones for the same seed. */
export class Draw {
  readonly number: () => number

  constructor(readonly seed: number) {
    this.number = randomFrom(seed)
  }

  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number {
    return Math.floor(this.number() * end)
  }

  /** True in so many of a hundred draws. */
  percent(percent: number): boolean {
    return this.number() * 100 < percent
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** Small numbers often, large ones seldom; from 1 to `most`. */
  few(most: number): number {
    return 1 + Math.floor(most * this.number() ** 3)
  }
}
