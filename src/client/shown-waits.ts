import type { OnScreen } from './screens.ts'

interface Wait {
  readonly sequence: number
  readonly callback: () => void
}

/**
 * Waits until everything up to a frame is on screen, or is in a transition: an action of the page that waits for this
 * holds transitions back, and ends in one commit with them.
 */
export class ShownWaits {
  private waits: Wait[] = []
  /** Frames that were applied outside a transition and are not on screen yet. */
  private apart: number[] = []
  /**
   * Frames that were applied in a transition, which React may have been rendering already: it would finish that render
   * without them, and if the action ended meanwhile, the page would show neither its guess nor the truth.
   */
  private overtaken: number[] = []

  add(sequence: number, callback: () => void): void {
    this.waits.push({ sequence, callback })
  }

  appliedApart(sequence: number): void {
    this.apart.push(sequence)
  }

  appliedInAction(sequence: number): void {
    this.overtaken.push(sequence)
  }

  shown({ view, restarted }: Pick<OnScreen, 'view' | 'restarted'>): void {
    this.apart = this.apart.filter((each) => each > view)
    this.overtaken = this.overtaken.filter((each) => each > restarted)
  }

  /** Calls back whoever waits for what is applied, `received` being the last frame that is. */
  settle(received: number): void {
    const [firstApart = Number.POSITIVE_INFINITY] = this.apart
    const [firstOvertaken = Number.POSITIVE_INFINITY] = this.overtaken
    this.callUpTo(Math.min(received, firstApart - 1, firstOvertaken - 1))
  }

  /** Nothing comes on screen any more: nobody waits longer. */
  end(): void {
    this.apart = []
    this.overtaken = []
    this.callUpTo(Number.POSITIVE_INFINITY)
  }

  private callUpTo(sequence: number): void {
    const { waits } = this
    this.waits = waits.filter((wait) => wait.sequence > sequence)
    for (const wait of waits) if (wait.sequence <= sequence) wait.callback()
  }
}
