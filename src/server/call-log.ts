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
  private bytes = 0

  /**
   * Where answers must wait until something is stored: resolves when the effects of a call are. Null where they need not.
   */
  whenSaved: ((call: number) => Promise<void>) | null = null

  /**
   * @param maxBytes past which the oldest answers are given up.
   * @param lost what is then the answer: that it is lost. The call must not run again.
   */
  constructor(
    private readonly maxBytes: number,
    private readonly lost: (call: number) => Body,
  ) {}

  /** A call has come. */
  begin(call: number): void {
    this.calls.set(call, null)
    this.bytes += overheadBytes
  }

  answered(call: number, answer: Body): void {
    if (!this.calls.has(call)) return
    this.calls.set(call, answer)
    this.bytes += answer.length
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
    this.bytes -= overheadBytes + (answer?.length ?? 0)
  }

  private shrink(): void {
    for (const [call, answer] of this.calls) {
      if (this.bytes <= this.maxBytes) return
      if (answer === null) continue
      const lost = this.lost(call)
      // A browser that says of nothing that it has arrived does not fill memory with what is small, either.
      if (answer.length <= lost.length) this.forget(call)
      else this.replace(call, answer, lost)
    }
  }

  private replace(call: number, answer: Body, by: Body): void {
    this.calls.set(call, by)
    this.bytes += by.length - answer.length
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
    this.bytes = 0
  }
}
