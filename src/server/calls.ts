import { type ErrorCode, LiverootError } from '../errors.ts'
import { runAsCall } from '../live/call-id.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import { isAction } from '../live/path.ts'
import type { Message } from '../protocol/messages.ts'
import { newestRender } from '../protocol/newest-render.ts'
import { Answers, callError } from './answers.ts'
import { type ArgumentHost, decodeArgument, decodeArguments } from './arguments.ts'
import { CallRate } from './call-rate.ts'
import { findTarget, type Target } from './call-target.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { encodeValue } from './flight/encode.ts'
import { reviveEvents } from './live-event.ts'
import { type ObservedCall, observeCall, observeRefusedCall } from './observe.ts'
import type { Screen } from './screen.ts'
import type { Session } from './session.ts'

/** The calls of one session. They start in the order in which they came, and each is answered once. */
export class Calls {
  private inFlight = 0
  private readonly rate: CallRate
  /** Starts when the arguments of all earlier calls are decoded; null while nothing has to be waited for. */
  private order: Promise<void> | null = null
  /** The live arguments of the calls that still want their values. */
  private readonly live = new Map<number, readonly ReceivedArgument[]>()
  readonly answers: Answers
  private whenSettled: (() => void)[] = []

  constructor(
    private readonly session: Session,
    private readonly host: ArgumentHost,
  ) {
    this.answers = new Answers(session, () => this.settle())
    this.rate = new CallRate(session.host.limits.maxCallsPerSecond)
  }

  receive(message: Message<'call'>): void {
    const { session } = this
    this.answers.came(message.call)
    if (!this.rate.take()) return this.refuse(message, new LiverootError('calls_too_fast'))
    if (this.answers.repeated(message.call)) return
    if (this.inFlight >= session.host.limits.maxCallsInFlight) {
      return this.refuse(message, new LiverootError('too_many_calls'))
    }
    this.inFlight++
    this.answers.log.begin(message.call)
    const { path, args } = splitBody(String(message.body))
    const decoded = this.decode(message.call, args)
    const isForNewest = message.seen === newestRender
    if (Array.isArray(decoded) && this.order === null && !isForNewest) {
      return this.start(message, path, decoded)
    }
    this.inOrder(async () => {
      if (isForNewest) await this.rendered(message.root)
      this.start(message, path, await decoded)
    })
  }

  /** Waits for the render with the effects of the calls before. */
  private rendered(id: number): Promise<void> {
    const screen = this.session.screen(id)
    return new Promise((resolve) => {
      if (screen === undefined) resolve()
      else setImmediate(() => screen.whenFlushed(resolve))
    })
  }

  /** The new value of a live argument takes its turn among the calls. One that comes too late is for nobody. */
  receiveArgument({ call, argument, body }: Message<'argument'>): void {
    const { host } = this.session
    if (!this.live.has(call)) return
    if (!this.rate.take()) return host.refused('calls_too_fast')
    const decoded = decodeArgument(call, String(body), this.host)
    decoded.catch((error: unknown) => host.refused(refusedWith(error).code))
    this.inOrder(async () => this.live.get(call)?.[argument]?.set(await decoded))
  }

  /** A failure is looked at in its turn, not when it happens. */
  private decode(call: number, args: string | null): unknown[] | Promise<unknown[] | Failure> {
    try {
      const decoded = decodeArguments(call, args, this.host)
      return Array.isArray(decoded) ? decoded : decoded.catch((failure: unknown) => ({ failure }))
    } catch (failure) {
      return Promise.resolve({ failure })
    }
  }

  private inOrder(step: () => Promise<void>): void {
    const mine: Promise<void> = (this.order ?? Promise.resolve())
      .then(step)
      .catch(() => {})
      .then(() => {
        if (this.order === mine) this.order = null
      })
    this.order = mine
  }

  private start(message: Message<'call'>, path: string, args: unknown[] | Failure): void {
    const { call, root, seen, slot } = message
    try {
      if (!Array.isArray(args)) throw args.failure
      const target = findTarget(this.session, { root, seen, slot, path })
      this.keepLive(call, args)
      const inTransition = message.action === 1
      // On the server that is a transition too: what shows before it ends is what shall show at once.
      const showsProgress = isAction(path)
      const observed = observeCall(() => this.describe(call, target.screen, path))
      const { page } = this.answers
      const running = {
        ...this.forwarded(target, message),
        id: call,
        slot,
        page,
        inTransition,
        showsProgress,
        observed,
      }
      void this.run(running, reviveEvents(args, path))
    } catch (error) {
      this.oneLess()
      this.end(call)
      this.refuse(message, error)
    }
  }

  /** What is on another server takes the arguments as they came; they were decoded here to be refused here. */
  private forwarded(target: Target, { body }: Message<'call'>): Target {
    const { forward } = target
    if (forward === undefined) return target
    const { args } = splitBody(String(body))
    return { ...target, call: () => forward(this.session.info.current, args) }
  }

  private keepLive(call: number, args: readonly unknown[]): void {
    const live = args.filter((argument) => argument instanceof ReceivedArgument)
    if (live.length > 0) this.live.set(call, live)
  }

  /** Nothing of the call runs any more, the streams of its result included. */
  private end(call: number): void {
    this.endLive(call)
    this.session.uploads.endCall(call)
  }

  private endLive(call: number): void {
    for (const argument of this.live.get(call) ?? []) argument.end()
    this.live.delete(call)
  }

  private run(call: RunningCall, args: unknown[]): void {
    try {
      // What it sets at once, and what it sets last, are its effects; what it sets meanwhile tells of its progress.
      if (call.inTransition && !call.showsProgress) this.markEffects(call.screen, true)
      const { observed } = call
      const { keeper } = this.session
      keeper.begin(call.id)
      const run = () => runAsCall(keeper.callId(call.id), () => call.call(...args))
      const result = observed === null ? run() : observed.run(run)
      if (isThenable(result)) void this.runOn(call, result)
      else this.finish(call, result)
    } catch (error) {
      this.fail(call, error)
    }
  }

  private async runOn(call: RunningCall, result: PromiseLike<unknown>): Promise<void> {
    try {
      this.finish(call, await result)
    } catch (error) {
      this.fail(call, error)
    }
  }

  private finish(call: RunningCall, result: unknown): void {
    const { id } = call
    this.session.keeper.finished(id)
    if (result === undefined) this.end(id)
    const detached = result === undefined ? result : this.session.streams.detach(result, () => this.end(id))
    this.afterEffects(call, () => {
      call.observed?.end('ok')
      this.answer(call, detached, detached === result)
    })
  }

  private fail(call: RunningCall, error: unknown): void {
    this.session.keeper.finished(call.id)
    this.end(call.id)
    this.afterEffects(call, () => this.sendError(call, error))
  }

  /** The browser settles a call's promise when the call's effects are on screen: they must be sent first. */
  private afterEffects(call: RunningCall, answer: () => void): void {
    const { screen, slot, inTransition } = call
    if (inTransition) this.markEffects(screen, true)
    const callback = () => {
      if (inTransition) this.markEffects(screen, false)
      const isHeld = screen?.holds?.(slot, () => this.afterEffects(call, answer)) ?? false
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

  private markEffects(screen: Screen | null, ofAction: boolean): void {
    for (const each of screen === null ? this.session.screens : [screen]) each.ofAction = ofAction
  }

  /** @param repeatable false where streams follow, which cannot be told twice. */
  private answer({ id: call, screen, page }: RunningCall, result: unknown, repeatable: boolean): void {
    this.oneLess()
    const sequence = screen?.sequence ?? 0
    if (result === undefined) return void this.answers.send(page, { type: 'result', call, sequence })
    const { host, payloads } = this.session
    const payload = encodeValue(result, host.modules(), (error) => {
      return describeError(error, 'result_not_serializable', host.onError, { route: screen?.route }).digest
    })
    void payloads.sendStream(payload, (body, stream) => {
      const more = stream === undefined ? {} : { stream }
      const message = { type: 'result', call, sequence, ...more, body } as const
      return this.answers.send(page, message, repeatable && stream === undefined)
    })
  }

  private describe(call: number, screen: Screen | null, path: string) {
    return { ...this.session.identity, call, route: screen?.route ?? null, path }
  }

  private sendError({ id: call, screen, page, observed }: RunningCall, error: unknown): void {
    this.oneLess()
    const sequence = screen?.sequence ?? 0
    if (isRefusal(error)) this.session.host.refused(error.code)
    const body =
      error instanceof LiverootError && untold.has(error.code)
        ? refusalOf(error.code)
        : describeError(error, 'handler_failed', this.session.host.onError, { route: screen?.route })
    observed?.end('failed', body.code as ErrorCode)
    this.answers.send(page, callError(call, body, sequence))
  }

  /** Answers a call that never started. */
  private refuse({ call, root, body: asked }: Message<'call'>, error: unknown): void {
    const { code, message } = refusedWith(error)
    observeRefusedCall(code, () => {
      return this.describe(call, this.session.screen(root) ?? null, splitBody(String(asked)).path)
    })
    this.session.host.refused(code)
    this.answers.send(this.answers.page, callError(call, refusalOf(code, message)))
  }

  private oneLess(): void {
    this.inFlight--
    this.settle()
  }

  private settle(): void {
    if (this.inFlight > 0 || this.answers.waiting > 0) return
    for (const resolve of this.whenSettled.splice(0)) resolve()
  }

  /** Resolves when no call is running, and every answer is sent. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.whenSettled.push(resolve)
      this.settle()
    })
  }

  /** What was on the way is lost; a new page waits for none of it. */
  restart(isNewPage: boolean): void {
    this.answers.restart(isNewPage)
    if (isNewPage) this.close()
  }

  /** Nobody waits for anything any more. */
  close(): void {
    for (const call of [...this.live.keys()]) this.endLive(call)
  }
}

interface RunningCall extends Target {
  readonly id: number
  /** That of the function, on its screen. */
  readonly slot: number
  /** The browser made the call in a transition, which lasts until the call's effects are on screen. */
  readonly inTransition: boolean
  readonly showsProgress: boolean
  /** The page that made the call. */
  readonly page: object
  readonly observed: ObservedCall | null
}

interface Failure {
  readonly failure: unknown
}

/** What React's decoder throws is about the arguments. */
function refusedWith(error: unknown): LiverootError {
  return error instanceof LiverootError ? error : new LiverootError('bad_arguments')
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

function splitBody(body: string): { path: string; args: string | null } {
  const end = body.indexOf('\n')
  return end < 0 ? { path: body, args: null } : { path: body.slice(0, end), args: body.slice(end + 1) }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
