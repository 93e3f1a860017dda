import type { ErrorBody } from '../protocol/messages.ts'

/** How a call of a shared tree ended: what it returned as text, or what it threw. */
export type Outcome = { readonly value: string } | { readonly error: ErrorBody }

/** A call by its `callId`; null while it runs. */
export type CallRow = readonly [id: string, outcome: Outcome | null]

/** A browser that lost its server asks again within this time, or never. */
const keptMs = 300_000
const maxCalls = 10_000
/** An outcome of more characters is not kept: that the call ran is. */
const longestOutcome = 2_000

interface Logged {
  readonly outcome: Outcome | null
  readonly at: number
}

/** The newest calls of a shared tree. It is part of the tree's state: whoever has the effects of a call knows that it ran. */
export class SharedCallLog {
  private readonly calls = new Map<string, Logged>()

  get size(): number {
    return this.calls.size
  }

  get rows(): CallRow[] {
    return [...this.calls].map(([id, { outcome }]) => [id, outcome])
  }

  /** Undefined where it never came, or too long ago. */
  find(id: string): Outcome | null | undefined {
    return this.calls.get(id)?.outcome
  }

  put([id, outcome]: CallRow): void {
    const at = Date.now()
    this.calls.delete(id)
    this.calls.set(id, { outcome, at })
    for (const [oldest, logged] of this.calls) {
      if (this.calls.size <= maxCalls && at - logged.at < keptMs) return
      this.calls.delete(oldest)
    }
  }

  clear(): void {
    this.calls.clear()
  }
}

/** A call that ran, and whose caller cannot be told how it ended any more. */
export const lostOutcome: Outcome = { error: { code: 'connection_lost', message: '' } }

/** An outcome as it is kept. */
export function shortened(outcome: Outcome): Outcome {
  return 'value' in outcome && outcome.value.length > longestOutcome ? lostOutcome : outcome
}
