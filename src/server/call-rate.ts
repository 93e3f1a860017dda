/** Counts what a session does against a number a second: as many at once as a second allows, then as fast as it allows. */
export class CallRate {
  private left: number
  private filledAt = performance.now()

  constructor(private readonly perSecond: number) {
    this.left = perSecond
  }

  /** False where this one is too many. */
  take(): boolean {
    if (this.left < 1) this.fill()
    if (this.left < 1) return false
    this.left--
    return true
  }

  private fill(): void {
    const now = performance.now()
    this.left = Math.min(this.perSecond, this.left + ((now - this.filledAt) / 1000) * this.perSecond)
    this.filledAt = now
  }
}
