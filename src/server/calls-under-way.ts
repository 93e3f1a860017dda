import { callKey, encodeCall } from './snapshot.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** So many times longer than for a call that runs, a save waits for one that is done. */
export const frameFactor = 40

/** The calls of a session that are not stored as begun, nor answered: a save waits for them, for a while. */
export class CallsUnderWay {
  /** Of each, whether it has done all that it does, and is about to be answered. */
  private readonly calls = new Map<number, boolean>()
  /** When a save began to wait for them. */
  private impatientSince = 0

  /** @param patienceMs how long a save waits for those that run. */
  constructor(private readonly patienceMs: number) {}

  begin(call: number): void {
    this.calls.set(call, false)
  }

  /** The call has done what it does; its answer waits for the frame with its effects. */
  finished(call: number): void {
    if (this.calls.has(call)) this.calls.set(call, true)
  }

  /** It has its answer, or is nobody's any more. */
  ended(call: number): void {
    this.calls.delete(call)
  }

  clear(): void {
    this.calls.clear()
  }

  get none(): boolean {
    return this.calls.size === 0
  }

  /** How long a save has to wait for them yet, in milliseconds; 0 where it need not. */
  get leftMs(): number {
    if (this.none) {
      this.impatientSince = 0
      return 0
    }
    const now = Date.now()
    this.impatientSince ||= now
    // Those that are done have an answer with the next frame, which a slow browser may hold up.
    const isAnyDone = [...this.calls.values()].includes(true)
    const patienceMs = this.patienceMs * (isAnyDone ? frameFactor : 1)
    return Math.max(0, this.impatientSince + patienceMs - now)
  }

  /** They are stored as begun, and will not be run again: nothing waits for them any more. */
  takeBegun(changes: EntryChanges): void {
    this.impatientSince = 0
    if (this.none) return
    for (const call of this.calls.keys()) changes.set(callKey(call), encodeCall(null))
    this.clear()
  }
}
