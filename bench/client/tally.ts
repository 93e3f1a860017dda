/** Everything that all viewers of a measurement received. */
export class Tally {
  /** Updates received, and the bytes of the messages that brought them. */
  updates = 0
  updateBytes = 0
  results = 0
  resultBytes = 0
  private target = Number.POSITIVE_INFINITY
  private reached: (() => void) | undefined

  update(bytes: number): void {
    this.updates++
    this.updateBytes += bytes
    if (this.updates >= this.target) this.reached?.()
  }

  /** Anything beside the updates: answers to calls. */
  result(bytes: number): void {
    this.results++
    this.resultBytes += bytes
  }

  /** Resolves when so many updates were received since the last reset. */
  async until(updates: number): Promise<void> {
    if (this.updates >= updates) return
    this.target = updates
    await new Promise<void>((resolve) => {
      this.reached = resolve
    })
    this.target = Number.POSITIVE_INFINITY
  }

  reset(): void {
    Object.assign(this, new Tally())
  }
}
