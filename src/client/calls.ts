import { LiverootError } from '../errors.ts'
import type { Message } from '../protocol/messages.ts'
import type { ClientRoot } from './root.ts'

/** A call that was made and not answered. */
export interface PendingCall {
  readonly call: number
  /** The root whose screen the call's effects appear on; null where that may be any. */
  root: ClientRoot | null
  /** Which of the root's trees its function belongs to. */
  tree: number
  /** The frame that its function was seen in, as calls tell it. */
  seen: number
  /** True where another server showed that, and may have run the call. */
  elsewhere: boolean
  /** Null until its arguments are encoded. */
  message: Message<'call'> | null
  /** The newest values of its live arguments, as they were sent after it. */
  readonly updates: Map<number, Message<'argument'>>
  /** Encodes arguments with files anew, which the server must be sent again for it; null where it has none. */
  encodeAgain: (() => void) | null
  /** Grows with each call that is sent; 0 where it was not. */
  sentAt: number
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
  private lastSent = 0

  add(root: ClientRoot | null, seen: number): { pending: PendingCall; answer: Promise<unknown> } {
    const call = ++this.last
    const own = { call, root, tree: root?.tree ?? 0, seen, elsewhere: false }
    const unsent = { message: null, encodeAgain: null, sentAt: 0 }
    let pending: PendingCall | undefined
    const answer = new Promise<unknown>((resolve, reject) => {
      pending = { ...own, ...unsent, updates: new Map(), resolve, reject }
      this.pending.set(call, pending)
    })
    return { pending: pending as unknown as PendingCall, answer }
  }

  get size(): number {
    return this.pending.size
  }

  get all(): readonly PendingCall[] {
    return [...this.pending.values()]
  }

  /** How many the server has, or is being sent. */
  get sentCount(): number {
    let count = 0
    for (const { sentAt } of this.pending.values()) if (sentAt > 0) count++
    return count
  }

  /** In the order in which they were sent. */
  get sent(): readonly PendingCall[] {
    return this.all.filter(({ sentAt }) => sentAt > 0).sort((a, b) => a.sentAt - b.sentAt)
  }

  markSent(pending: PendingCall): void {
    pending.sentAt = ++this.lastSent
  }

  get(call: number): PendingCall | undefined {
    return this.pending.get(call)
  }

  /** Takes a call that is being answered, or undefined where it is not known (any more). */
  take(call: number): PendingCall | undefined {
    const found = this.pending.get(call)
    this.pending.delete(call)
    return found
  }

  /** Nobody will answer these. */
  reject(calls: readonly PendingCall[]): void {
    for (const { call } of calls) this.take(call)?.reject(new LiverootError('connection_lost'))
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
