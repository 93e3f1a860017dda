/** Past so many messages, or bytes, that the other side does not know to have arrived, it is told. */
const mostUntold = 64
const mostUntoldBytes = 65_536

/**
 * Counts the messages of a session that arrived. Most of the time other messages imply what the other side must know:
 * an acknowledged frame, that all before it came; an answer, that all up to its call did. A receipt is for the rest.
 */
export class Receipts {
  count = 0
  private told = 0
  private untoldBytes = 0

  /** Counts one more. */
  add(bytes: number): void {
    this.count++
    this.untoldBytes += bytes
  }

  /** True when a receipt is due. */
  get due(): boolean {
    return this.count - this.told >= mostUntold || (this.untoldBytes >= mostUntoldBytes && this.untold)
  }

  /** True when there is something to tell. */
  get untold(): boolean {
    return this.told < this.count
  }

  /** The other side will know, by what it is being sent, that so many came. */
  tell(count: number): void {
    if (count <= this.told) return
    this.told = count
    this.untoldBytes = 0
  }

  restart(): void {
    this.count = 0
    this.told = 0
    this.untoldBytes = 0
  }
}
