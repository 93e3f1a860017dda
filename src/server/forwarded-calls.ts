import { LiverootError } from '../errors.ts'
import { callFor } from '../live/caller.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import type { LiveSession } from '../live/session.ts'
import { newestRender } from '../protocol/newest-render.ts'
import { type ArgumentHost, decodeArguments } from './arguments.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { reviveEvents } from './live-event.ts'
import type { ServerFunction } from './server-functions.ts'
import type { ForwardedCall } from './shared-messages.ts'
import type { SharedSeat } from './shared-seat.ts'
import type { SharedTree } from './shared-tree.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** Calls into a shared tree that viewers on other servers made, run on the server that owns it. */
export class ForwardedCalls {
  private order: Promise<unknown> = Promise.resolve()
  private stopped = false

  constructor(
    private readonly seat: SharedSeat,
    private readonly shared: SharedTree,
  ) {}

  private get host() {
    return this.seat.root.registry.host
  }

  /** What is under way is not answered any more. */
  stop(): void {
    this.stopped = true
  }

  run(call: ForwardedCall & { readonly from: string }, text: string): void {
    // They start in the order in which they came.
    this.order = this.order.then(() => this.start(call, text)).catch(() => {})
  }

  private async start(call: ForwardedCall & { readonly from: string }, text: string): Promise<void> {
    const ran = { result: undefined as unknown }
    try {
      const found = await this.find(call)
      const args = await decodeArguments(0, call.hasArguments ? text : null, this.argumentHost(call))
      if (args.some((each) => each instanceof ReceivedArgument)) throw new LiverootError('not_forwarded')
      const session = decodeSession(call.session)
      if (this.stopped) return
      ran.result = callFor(session, () => found(...reviveEvents(args, call.path)))
    } catch (error) {
      return this.answer(call, { error })
    }
    // The next one does not wait for it.
    Promise.resolve(ran.result).then(
      (value) => this.answer(call, { value }),
      (error: unknown) => this.answer(call, { error }),
    )
  }

  private async find({ slot, path, seen, shown, sent }: ForwardedCall): Promise<ServerFunction> {
    const { shared } = this
    const isForNewest = seen === newestRender
    if (isForNewest)
      await new Promise<void>((resolve) => setImmediate(() => shared.whenFlushed(() => resolve())))
    const found = shared.find(slot, path, seen, { shown, sent: isForNewest ? shared.sequence : sent })
    if (found === undefined) throw new LiverootError('not_on_screen')
    return found
  }

  private argumentHost({ offset, shown, sent }: ForwardedCall): ArgumentHost {
    return {
      limits: this.host.limits,
      file: () => {
        throw new LiverootError('not_forwarded')
      },
      functionOf: (mark) => {
        const [root, seen, slot, path] = mark as [number, number, number, string]
        if (root !== this.seat.root.id) throw new LiverootError('not_forwarded')
        const found = this.shared.find(slot, path, Math.max(0, seen - offset), { shown, sent })
        if (found === undefined) throw new LiverootError('not_on_screen')
        return found
      },
    }
  }

  private answer(
    { from: to, call }: ForwardedCall & { readonly from: string },
    outcome: { readonly value: unknown } | { readonly error: unknown },
  ): void {
    this.shared.afterFlush((sequence) => {
      if (this.stopped) return
      const result = { type: 'result', to, call, sequence } as const
      try {
        if ('error' in outcome) throw outcome.error
        this.seat.say(result, encodeResult(outcome.value))
      } catch (error) {
        this.seat.say({ ...result, error: this.describe(error) })
      }
    })
  }

  private describe(error: unknown) {
    if (error instanceof LiverootError && refusals.has(error.code))
      return refusalOf(error.code, error.message)
    return describeError(error, 'handler_failed', this.host.onError, { route: this.seat.root.name })
  }
}

/** Of what a call asked for, not of the program. */
const refusals: ReadonlySet<string> = new Set([
  'not_on_screen',
  'not_forwarded',
  'bad_arguments',
  'arguments_too_deep',
  'invalid_arguments',
])

function decodeSession(text: string): LiveSession {
  return decodeValue(text) as LiveSession
}

function encodeResult(value: unknown): string {
  try {
    return encodeValue(value)
  } catch (cause) {
    throw new LiverootError('not_forwarded', (cause as Error).message, { cause })
  }
}
