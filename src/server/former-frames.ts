/**
 * The frames of a tree that another server sent before it was lost, or this one before the tree slept. What they showed need
 * not be in the snapshot; it comes again with the effects of the calls that are sent again. A call that was made on a later
 * one than the call before it saw what that one did.
 */
export class FormerFrames {
  private newestSeen = 0
  /** The frame of this tree that stands for the newest one that a call was made on; the first, to begin with. */
  now: number

  /** @param last no former frame had a greater number. */
  constructor(private readonly last: number) {
    this.now = last
  }

  has(frame: number): boolean {
    return frame <= this.last
  }

  /** True for a call that must not run before what the calls before it did is rendered. Asked once for each, in order. */
  isLater(frame: number): boolean {
    if (!this.has(frame) || frame <= this.newestSeen) return false
    const isFirst = this.newestSeen === 0
    this.newestSeen = frame
    return !isFirst
  }
}
