import { type ErrorCode, LiverootError } from '../errors.ts'
import { runAsCall } from '../live/call-id.ts'
import { callFor } from '../live/caller.ts'
import { isAction } from '../live/path.ts'
import type { Message } from '../protocol/messages.ts'
import { callError } from './answers.ts'
import type { Target } from './call-target.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { encodeValue } from './flight/encode.ts'
import { isCallObserved, ObservedCall } from './observe.ts'
import type { Screen } from './screen.ts'
import type { Session } from './session.ts'

/** What a running call tells the calls of its session. */
export interface CallKeeper {
  /** Nothing of the call runs any more, the streams of its result included. */
  ended(call: number): void
  /** It is about to be answered. */
  answering(): void
}

/** One call under way: from the start of its function to its answer. */
export class RunningCall {
  private readonly observed: ObservedCall | null
  private readonly id: number
  /** That of the function, on its screen. */
  private readonly slot: number
  private readonly screen: Screen | null
  /** The browser made the call in a transition, which lasts until the call's effects are on screen. */
  private readonly inTransition: boolean
  /** The page that made the call. */
  private readonly page: object

  /** @param path the function's place, or its id. */
  constructor(
    private readonly session: Session,
    private readonly keeper: CallKeeper,
    { call, slot, action }: Message<'call'>,
    private readonly target: Target,
    private readonly path: string,
  ) {
    this.id = call
    this.slot = slot
    this.screen = target.screen
    this.inTransition = action === 1
    this.page = session.calls.answers.page
    this.observed = isCallObserved()
      ? new ObservedCall(describeCall(session, call, target.screen, path))
      : null
  }

  run(args: unknown[]): void {
    const { observed, inTransition } = this
    try {
      // On the server that is a transition too: what shows before it ends is what shall show at once. What it sets at
      // once, and what it sets last, are its effects; what it sets meanwhile tells of its progress.
      if (inTransition && !isAction(this.path)) this.markEffects(true)
      // Where it may have begun is known where its effects are.
      if (!this.screen?.logsCalls) this.session.keeper.begin(this.id)
      const result = observed === null ? this.call(args) : observed.run(() => this.call(args))
      if (isThenable(result)) void this.settle(result)
      else this.finish(result)
    } catch (error) {
      this.fail(error)
    }
  }

  private call(args: unknown[]): unknown {
    const { session, target } = this
    const run = () => target.call(...args)
    return runAsCall(session.keeper.callId(this.id), () => callFor(session.info.current, run))
  }

  private async settle(result: PromiseLike<unknown>): Promise<void> {
    try {
      this.finish(await result)
    } catch (error) {
      this.fail(error)
    }
  }

  private finish(result: unknown): void {
    const { id, session } = this
    session.keeper.finished(id)
    if (result === undefined) {
      this.keeper.ended(id)
      this.afterEffects(() => this.answerNothing())
      return
    }
    const detached = session.streams.detach(result, () => this.keeper.ended(id))
    this.afterEffects(() => this.answer(detached, detached === result))
  }

  private fail(error: unknown): void {
    this.session.keeper.finished(this.id)
    this.keeper.ended(this.id)
    this.afterEffects(() => this.answerError(error))
  }

  /** The browser settles a call's promise when the call's effects are on screen: they must be sent first. */
  private afterEffects(answer: () => void): void {
    const { screen, slot, inTransition } = this
    if (inTransition) this.markEffects(true)
    const callback = () => {
      if (inTransition) this.markEffects(false)
      const isHeld = screen?.holds(slot, () => this.afterEffects(answer)) ?? false
      if (!isHeld) answer()
    }
    if (screen !== null) return screen.afterFlush(callback)
    setImmediate(() => {
      // It has no screen of its own: its effects may show in all of them.
      const flushed = this.session.screens.map(
        (each) => new Promise<void>((resolve) => each.whenFlushed(resolve)),
      )
      void Promise.all(flushed).then(callback)
    })
  }

  private markEffects(ofAction: boolean): void {
    for (const each of this.screen === null ? this.session.screens : [this.screen]) each.ofAction = ofAction
  }

  private answerNothing(): void {
    this.observed?.end('ok')
    this.keeper.answering()
    const { sequence } = this
    this.session.calls.answers.send(this.page, { type: 'result', call: this.id, sequence })
  }

  /** @param repeatable false where streams follow, which cannot be told twice. */
  private answer(result: unknown, repeatable: boolean): void {
    this.observed?.end('ok')
    this.keeper.answering()
    const { id: call, sequence, screen, session, page } = this
    const { host, payloads } = session
    const payload = encodeValue(result, host.modules(), (error) => {
      return describeError(error, 'result_not_serializable', host.onError, { route: screen?.route }).digest
    })
    void payloads.sendStream(payload, (body, stream) => {
      const more = stream === undefined ? {} : { stream }
      const message = { type: 'result', call, sequence, ...more, body } as const
      const { answers } = session.calls
      return new Promise((told) => answers.send(page, message, repeatable && stream === undefined, told))
    })
  }

  private answerError(error: unknown): void {
    this.keeper.answering()
    const { session, screen } = this
    if (isRefusal(error)) session.host.refused(error.code)
    const body =
      error instanceof LiverootError && untold.has(error.code)
        ? refusalOf(error.code)
        : describeError(error, 'handler_failed', session.host.onError, { route: screen?.route })
    this.observed?.end('failed', body.code as ErrorCode)
    session.calls.answers.send(this.page, callError(this.id, body, this.sequence))
  }

  private get sequence(): number {
    return this.screen?.sequence ?? 0
  }
}

/** A call, for who watches. */
export function describeCall({ identity }: Session, call: number, screen: Screen | null, path: string) {
  return { ...identity, call, route: screen?.route ?? null, path }
}

/** What a call meets that has nothing to do with the function called. */
const untold: ReadonlySet<ErrorCode> = new Set(['too_many_streams', 'not_forwarded', 'connection_lost'])

/** Of a call that has started: not the program is at fault, but what the browser asked. */
function isRefusal(error: unknown): error is LiverootError {
  if (!(error instanceof LiverootError)) return false
  return (
    error.code === 'too_many_streams' || error.code === 'not_forwarded' || error.code === 'invalid_arguments'
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
