import type { ErrorCode } from '../errors.ts'
import { diagnostics } from './diagnostics.ts'

/** Counts what a server refused to browsers, by code. */
export class Refusals {
  readonly counts: Partial<Record<ErrorCode, number>> = {}

  count(code: ErrorCode): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1
    if (diagnostics.refusal.hasSubscribers) diagnostics.refusal.publish({ code })
  }
}
