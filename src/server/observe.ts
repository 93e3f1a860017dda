import type { ErrorCode } from '../errors.ts'
import type { Body } from '../protocol/messages.ts'
import {
  type CallEnded,
  type CallStarted,
  diagnostics,
  type FrameSent,
  type MountStarted,
} from './diagnostics.ts'

// What has a beginning and an end, told to whoever listens. The same object is published at both, so that a subscriber
// can keep what it made at the beginning beside it. Where nobody listens nothing is made.

/** A call under way that somebody wants to hear of. */
export class ObservedCall {
  private readonly startedAt = performance.now()

  constructor(private readonly message: CallStarted) {}

  /** Runs the function in the stores that subscribers have bound to its start. */
  run<R>(fn: () => R): R {
    return diagnostics.callStarted.runStores(this.message, fn)
  }

  end(outcome: CallEnded['outcome'], code?: ErrorCode): void {
    if (!diagnostics.callEnded.hasSubscribers) return
    const durationMs = performance.now() - this.startedAt
    const end = { outcome, durationMs, ...(code === undefined ? {} : { code }) }
    diagnostics.callEnded.publish(Object.assign(this.message, end))
  }
}

/** True where somebody wants to hear of calls. */
export function isCallObserved(): boolean {
  return diagnostics.callStarted.hasSubscribers || diagnostics.callEnded.hasSubscribers
}

/** A call that was refused before it started. */
export function observeRefusedCall(code: ErrorCode, describe: () => CallStarted): void {
  if (!diagnostics.callEnded.hasSubscribers) return
  diagnostics.callEnded.publish({ ...describe(), outcome: 'refused', code, durationMs: 0 })
}

/** Renders a root for the first time. `render` returns whether that went well. */
export function observeMount(describe: () => MountStarted, render: () => boolean): void {
  const { mountStarted, mountEnded } = diagnostics
  if (!mountStarted.hasSubscribers && !mountEnded.hasSubscribers) return void render()
  const message = describe()
  const startedAt = performance.now()
  const ok = mountStarted.runStores(message, render)
  if (!mountEnded.hasSubscribers) return
  const end = { outcome: ok ? 'ok' : 'failed', durationMs: performance.now() - startedAt } as const
  mountEnded.publish(Object.assign(message, end))
}

/** A frame that is being made, where somebody listens. */
export class ObservedFrame {
  private readonly startedAt = performance.now()

  static begin(): ObservedFrame | null {
    return diagnostics.frameSent.hasSubscribers ? new ObservedFrame() : null
  }

  end(payload: Body, frame: Omit<FrameSent, 'bytes' | 'durationMs'>): void {
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength
    const durationMs = performance.now() - this.startedAt
    diagnostics.frameSent.publish({ ...frame, bytes, durationMs })
  }
}
