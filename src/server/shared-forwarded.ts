import { LiverootError } from '../errors.ts'
import { callId } from '../live/call-id.ts'
import type { LiveSession } from '../live/session.ts'
import type { Lag } from '../live/tree-observer.ts'
import { frameSeen, isNewest, newestSince } from '../protocol/newest-render.ts'
import { errorOf } from './errors-out.ts'
import type { Outcome } from './shared-call-log.ts'
import type { ForwardedCall } from './shared-messages.ts'
import type { Forward } from './shared-origin.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

interface PendingCall {
  /** As the session knows it, so that it is the same call wherever it is asked for. */
  readonly id: string
  readonly slot: number
  readonly path: string
  /** By the numbers here. */
  readonly seen: number
  readonly lag: Lag
  readonly session: LiveSession
  readonly args: string | null
  /** True when it was sent before. */
  again: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Takes a call to whoever owns the tree; the text is that of its arguments. */
export type SendCall = (call: Omit<ForwardedCall, 'to'>, args: string) => void

/**
 * The calls of viewers here that were sent to the owner of a shared tree, and have no answer. They outlive owners: the next
 * one is sent them again, and knows which of them ran.
 */
export class ForwardedCalls {
  private last = 0
  private readonly pending = new Map<number, PendingCall>()

  /** @param send takes a call to the owner there is now, `offset` being what numbers here are greater by. */
  forward(slot: number, path: string, seen: number, lag: Lag, offset: () => number, send: SendCall): Forward {
    return (session, args) => {
      const id = callId()
      return new Promise((resolve, reject) => {
        const call = ++this.last
        const pending = { id, slot, path, seen, lag, session, args, again: false, resolve, reject }
        this.pending.set(call, pending)
        this.sendOne(call, pending, offset(), send)
      })
    }
  }

  /** There is another owner, or the same one may not have heard. */
  sendAgain(offset: number, send: SendCall): void {
    for (const [call, pending] of [...this.pending]) this.sendOne(call, pending, offset, send)
  }

  private sendOne(call: number, pending: PendingCall, offset: number, send: SendCall): void {
    const { id, slot, path, seen, lag, session, args, again } = pending
    const there = (sequence: number) => Math.max(0, sequence - offset)
    pending.again = true
    send(
      {
        type: 'call',
        call,
        id,
        slot,
        path,
        seen: isNewest(seen) ? newestSince(there(frameSeen(seen))) : there(seen),
        shown: there(lag.shown),
        sent: there(lag.sent),
        offset,
        session: encodeValue(session),
        hasArguments: args !== null,
        ...(again ? { again } : {}),
      },
      args ?? '',
    )
  }

  settle(call: number, outcome: Outcome): void {
    const pending = this.pending.get(call)
    if (pending === undefined) return
    this.pending.delete(call)
    if ('error' in outcome) pending.reject(errorOf(outcome.error))
    else pending.resolve(decodeValue(outcome.value))
  }

  /** Nobody can say any more whether they ran. */
  lose(): void {
    for (const { reject } of this.pending.values()) reject(new LiverootError('connection_lost'))
    this.pending.clear()
  }
}
