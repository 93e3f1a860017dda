import { LiverootError } from '../errors.ts'
import { runAsCall } from '../live/call-id.ts'
import { callFor } from '../live/caller.ts'
import type { ShownHandlers } from '../live/handler-history.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import type { LiveSession } from '../live/session.ts'
import { isNewest } from '../protocol/newest-render.ts'
import { type ArgumentHost, decodeArguments } from './arguments.ts'
import { describeError, errorOf, refusalOf } from './errors-out.ts'
import { reviveEvents } from './live-event.ts'
import type { ServerFunction } from './server-functions.ts'
import { lostOutcome, type Outcome, shortened } from './shared-call-log.ts'
import type { ForwardedCall } from './shared-messages.ts'
import type { SharedSeat } from './shared-seat.ts'
import type { ToldState } from './shared-told.ts'
import type { SharedTree } from './shared-tree.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** A call as the owner was sent it. */
export type ArrivedCall = ForwardedCall & { readonly from: string }

/** The calls of a shared tree on the server that owns it: those made here, and those of viewers of other servers. */
export class OwnedCalls {
  private order: Promise<unknown> = Promise.resolve()
  /** Calls that have begun here, and not ended. */
  private readonly running = new Map<string, Promise<unknown>>()
  /** What ends the calls of viewers here whose effects are not kept yet. */
  private readonly open = new Set<() => void>()
  private stopped = false

  constructor(
    private readonly seat: SharedSeat,
    private readonly shared: SharedTree,
    private readonly told: ToldState,
  ) {}

  private get host() {
    return this.seat.root.registry.host
  }

  /** True for a call that runs, or ran before. */
  knows(id: string): boolean {
    return this.running.has(id) || this.told.find(id) !== undefined
  }

  /** Runs a call, unless it ran before: its server was lost with the answer, and another one asks again. */
  once(id: string, call: () => unknown): unknown {
    const running = this.running.get(id)
    if (running !== undefined) return running
    const before = this.told.find(id)
    if (before !== undefined) return again(before)
    this.told.note([id, null])
    let result: unknown
    try {
      result = call()
    } catch (error) {
      this.told.note([id, lostOutcome])
      throw error
    }
    if (!isThenable(result)) {
      this.told.note([id, outcomeOf(result)])
      return result
    }
    const ends = Promise.resolve(result).finally(() => this.running.delete(id))
    this.running.set(id, ends)
    this.told.noteSoon(this.host.limits.snapshotDelayMs)
    return ends.then(
      (value) => {
        this.told.note([id, outcomeOf(value)])
        return value
      },
      (error: unknown) => {
        this.told.note([id, lostOutcome])
        throw error
      },
    )
  }

  /** How a call of a viewer here ends: when its effects are kept, or lost, for the tree is another server's now. */
  kept(result: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lose = () => reject(new LiverootError('connection_lost'))
      const end = (settle: () => void) => {
        this.shared.afterFlush(() => {
          this.open.delete(lose)
          settle()
        })
      }
      this.open.add(lose)
      Promise.resolve(result).then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error)),
      )
    })
  }

  /** Runs a call of a viewer elsewhere; the text is that of its arguments. */
  run(call: ArrivedCall, text: string): void {
    const shown = this.shared.shownHandlers(call.slot, call.seen, call)
    // They start in the order in which they came.
    this.order = this.order.then(() => this.start(call, text, shown)).catch(() => {})
  }

  private async start(call: ArrivedCall, text: string, shown?: ShownHandlers): Promise<void> {
    try {
      const { id } = call
      // What it did may have taken its function away.
      const run = this.knows(id) ? unknown : await this.functionOf(call, text, shown)
      if (this.stopped) return
      const result = runAsCall(id, () => this.once(id, run))
      // At once: what it set may end the tree, and then the answer must be on its way.
      if (!isThenable(result)) return this.answer(call, { value: result })
      // The next one does not wait for it.
      result.then(
        (value) => this.answer(call, { value }),
        (error: unknown) => this.answer(call, { error }),
      )
    } catch (error) {
      this.answer(call, { error })
    }
  }

  private async functionOf(call: ArrivedCall, text: string, shown?: ShownHandlers): Promise<() => unknown> {
    const found = await this.find(call, shown)
    const args = await decodeArguments(0, call.hasArguments ? text : null, this.argumentHost(call))
    if (args.some((each) => each instanceof ReceivedArgument)) throw new LiverootError('not_forwarded')
    const session = decodeValue(call.session) as LiveSession
    return () => callFor(session, () => found(...reviveEvents(args, call.path)))
  }

  private async find(
    { slot, path, seen, shown, sent, again }: ForwardedCall,
    handlers?: ShownHandlers,
  ): Promise<ServerFunction> {
    const { shared } = this
    const isForNewest = isNewest(seen)
    if (isForNewest)
      await new Promise<void>((resolve) => setImmediate(() => shared.whenFlushed(() => resolve())))
    const lag = { shown, sent: isForNewest ? shared.sequence : sent }
    const found = shared.find(slot, path, seen, lag, handlers)
    // Where it was lost with its server, it may have run before its function was gone.
    if (found === undefined) throw new LiverootError(again ? 'connection_lost' : 'not_on_screen')
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
    arrived: ArrivedCall,
    ended: { readonly value: unknown } | { readonly error: unknown },
  ): void {
    const { from: to, call, slot } = arrived
    this.shared.afterFlush((sequence) => {
      if (this.stopped || this.shared.holds(slot, () => this.answer(arrived, ended))) return
      const outcome = this.outcome(ended)
      if (to === this.seat.peers.server) return this.seat.forwarded.settle(call, outcome)
      const result = { type: 'result', to, call, sequence } as const
      if ('value' in outcome) void this.seat.say(result, outcome.value)
      else void this.seat.say({ ...result, error: outcome.error })
    })
  }

  private outcome(ended: { readonly value: unknown } | { readonly error: unknown }): Outcome {
    try {
      if ('error' in ended) throw ended.error
      return { value: encodeResult(ended.value) }
    } catch (error) {
      return { error: this.describe(error) }
    }
  }

  private describe(error: unknown) {
    if (error instanceof LiverootError && refusals.has(error.code))
      return refusalOf(error.code, error.message)
    return describeError(error, 'handler_failed', this.host.onError, { route: this.seat.root.name })
  }

  stop(): void {
    this.stopped = true
    for (const lose of this.open) lose()
    this.open.clear()
  }
}

/** Of what a call asked for, not of the program. */
const refusals: ReadonlySet<string> = new Set([
  'not_on_screen',
  'not_forwarded',
  'connection_lost',
  'call_interrupted',
  'bad_arguments',
  'arguments_too_deep',
  'invalid_arguments',
])

/** Of a call that is known, and will not run: if it is not known any more, nobody can say what became of it. */
function unknown(): never {
  throw new LiverootError('connection_lost')
}

/** What a call that ran before is told. */
function again(outcome: Outcome | null): unknown {
  if (outcome === null) throw new LiverootError('call_interrupted')
  if ('value' in outcome) return decodeValue(outcome.value)
  throw errorOf(outcome.error)
}

/** What is not data was for the one who asked first. */
function outcomeOf(value: unknown): Outcome {
  try {
    return shortened({ value: encodeValue(value) })
  } catch {
    return lostOutcome
  }
}

function encodeResult(value: unknown): string {
  try {
    return encodeValue(value)
  } catch (cause) {
    throw new LiverootError('not_forwarded', (cause as Error).message, { cause })
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
