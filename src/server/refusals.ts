import { channel } from 'node:diagnostics_channel'
import type { ErrorCode } from '../errors.ts'

/** Subscribers hear `{ code }` of every refusal in this process. */
const refusals = channel('liveroot.refusal')

/** Counts what a server refused to browsers, by code. */
export class Refusals {
  readonly counts: Partial<Record<ErrorCode, number>> = {}

  count(code: ErrorCode): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1
    if (refusals.hasSubscribers) refusals.publish({ code })
  }
}
