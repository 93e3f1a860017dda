interface Leaving {
  readonly gone: readonly number[]
  readonly sequence: number
  /** The last frame up to that one that was applied in a transition. */
  readonly after: number
}

/** Slots that are gone, but that React may still render while the frames up to the one that took them are under way. */
export class LeavingSlots {
  private leaving: Leaving[] = []

  add(gone: readonly number[], sequence: number, after: number): void {
    if (gone.length > 0) this.leaving.push({ gone, sequence, after })
  }

  /** Takes those that React renders no more, with everything up to `onScreen` there and `finished` as the last transition. */
  take(onScreen: number, finished: number): readonly number[] {
    const { leaving } = this
    const isOver = ({ sequence, after }: Leaving) => sequence <= onScreen && after <= finished
    this.leaving = leaving.filter((each) => !isOver(each))
    return leaving.filter(isOver).flatMap(({ gone }) => gone)
  }

  clear(): void {
    this.leaving = []
  }
}
