interface Unfinished {
  /** The frame whose state the slot shows meanwhile. */
  readonly before: number
  /** The frame whose transition ends the wait. */
  readonly until: number
}

/** Slots with an update that waits, in a transition, for content to come or for an action to end. */
export class UnfinishedSlots {
  private readonly slots = new Map<number, Unfinished>()

  get none(): boolean {
    return this.slots.size === 0
  }

  has(slot: number): boolean {
    return this.slots.has(slot)
  }

  /** The frame that a slot shows the state of; undefined where nothing of it waits. */
  seen(slot: number): number | undefined {
    return this.slots.get(slot)?.before
  }

  add(slots: readonly number[], until: number): void {
    for (const slot of slots) {
      const before = this.slots.get(slot)?.before ?? until - 1
      this.slots.set(slot, { before, until })
    }
  }

  /** All transitions up to that of a frame are finished. */
  finished(sequence: number): void {
    for (const [slot, { until }] of this.slots) if (until <= sequence) this.slots.delete(slot)
  }

  /** The last frame, up to `onScreen`, of which everything with all before it is on screen. */
  complete(onScreen: number): number {
    let complete = onScreen
    for (const { before } of this.slots.values()) complete = Math.min(complete, before)
    return complete
  }

  clear(): void {
    this.slots.clear()
  }
}
