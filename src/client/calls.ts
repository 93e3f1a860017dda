import { LiverootError } from '../errors.ts'
import type { ClientRoot } from './root.ts'

/** A call that was made and not answered. */
export interface PendingCall {
  /** The root whose screen the call's effects appear on; null where that may be any. */
  readonly root: ClientRoot | null
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** A call, as the one who made it holds it. */
export interface StartedCall {
  readonly answer: Promise<unknown>
  /** Gives a live argument a new value. One that comes when the call has ended is for nobody. */
  update(argument: number, value: unknown): void
}

/** The calls that have no answer yet. */
export class PendingCalls {
  private readonly pending = new Map<number, PendingCall>()
  private last = 0

  add(root: ClientRoot | null): { call: number; answer: Promise<unknown> } {
    const call = ++this.last
    const answer = new Promise<unknown>((resolve, reject) =>
      this.pending.set(call, { root, resolve, reject }),
    )
    return { call, answer }
  }

  get size(): number {
    return this.pending.size
  }

  has(call: number): boolean {
    return this.pending.has(call)
  }

  /** Takes a call that is being answered, or undefined where it is not known (any more). */
  take(call: number): PendingCall | undefined {
    const found = this.pending.get(call)
    this.pending.delete(call)
    return found
  }

  /** The connection is lost, and with it the answers. */
  rejectAll(): void {
    for (const call of [...this.pending.keys()]) this.take(call)?.reject(new LiverootError('connection_lost'))
  }
}

/** Things that leave in the order in which they were asked for, though each may take time to prepare. */
export class SendQueue {
  private last: Promise<void> | null = null

  /** True while something waits: what is sent past the queue would overtake it. */
  get busy(): boolean {
    return this.last !== null
  }

  add(step: () => Promise<void>): void {
    const mine: Promise<void> = (this.last ?? Promise.resolve())
      .then(step)
      .catch(() => {})
      .then(() => {
        if (this.last === mine) this.last = null
      })
    this.last = mine
  }
}
