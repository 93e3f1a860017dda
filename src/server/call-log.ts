import type { Body } from '../protocol/messages.ts'

/** An answer as it was sent, by the number of its call. */
export interface LoggedAnswer {
  readonly call: number
  readonly answer: Body
}

/** What a call takes in the log beside its answer. */
const overheadBytes = 64

/**
 * The calls of a session whose answers are not known to have arrived: one that the browser sends again is not run again,
 * but given the first answer.
 */
export class CallLog {
  /** Null while the call has no answer. */
  private readonly calls = new Map<number, Body | null>()
  /** Those whose answers take more than to say that they are lost. */
  private readonly large = new Set<number>()
  private bytes = 0
  /** No answer that says that it is lost is longer. */
  private readonly lostBytes: number

  /**
   * Where answers must wait until something is stored: calls back when the effects of a call are. Null where they need not.
   */
  whenSaved: ((call: number, saved: () => void) => void) | null = null

  /**
   * @param maxBytes past which the oldest answers are given up.
   * @param lost what is then the answer: that it is lost. The call must not run again.
   */
  constructor(
    private readonly maxBytes: number,
    private readonly lost: (call: number) => Body,
  ) {
    this.lostBytes = lost(Number.MAX_SAFE_INTEGER).length
  }

  /** A call has come. */
  begin(call: number): void {
    this.calls.set(call, null)
    this.bytes += overheadBytes
  }

  answered(call: number, answer: Body): void {
    if (!this.calls.has(call)) return
    this.calls.set(call, answer)
    this.bytes += answer.length
    if (answer.length > this.lostBytes) this.large.add(call)
    if (this.bytes > this.maxBytes) this.shrink()
  }

  /** The answer; null while the call is running; undefined where it never came, or its answer is known to have arrived. */
  find(call: number): Body | null | undefined {
    return this.calls.get(call)
  }

  /** The answer has arrived. */
  forget(call: number): void {
    const answer = this.calls.get(call)
    if (answer === undefined) return
    this.calls.delete(call)
    this.large.delete(call)
    this.bytes -= overheadBytes + (answer?.length ?? 0)
  }

  /** As long as it is known that a call ran, it does not run again: that is given up last. */
  private shrink(): void {
    for (const call of this.large) {
      if (this.bytes <= this.maxBytes) return
      this.giveUp(call)
    }
    // A browser that says of nothing that it has arrived does not fill memory with what is small, either.
    for (const [call, answer] of this.calls) {
      if (this.bytes <= this.maxBytes) return
      if (answer !== null) this.forget(call)
    }
  }

  private giveUp(call: number): void {
    const lost = this.lost(call)
    this.bytes += lost.length - (this.calls.get(call)?.length ?? 0)
    this.calls.set(call, lost)
    this.large.delete(call)
  }

  /** The calls that are kept, oldest first; null for one without an answer. */
  all(): { readonly call: number; readonly answer: Body | null }[] {
    return [...this.calls].map(([call, answer]) => ({ call, answer }))
  }

  /** Puts back answers, perhaps in another process. */
  restore(entries: Iterable<LoggedAnswer>): void {
    for (const { call, answer } of entries) {
      this.begin(call)
      this.answered(call, answer)
    }
  }

  clear(): void {
    this.calls.clear()
    this.large.clear()
    this.bytes = 0
  }
}
