import { type ErrorCode, LiverootError } from '../errors.ts'
import type { ShownHandlers } from '../live/handler-history.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import type { Message } from '../protocol/messages.ts'
import { frameSeen, isNewest } from '../protocol/newest-render.ts'
import { Answers, callError } from './answers.ts'
import { type ArgumentHost, decodeArgument, decodeArguments } from './arguments.ts'
import { CallRate } from './call-rate.ts'
import { findTarget, type Target } from './call-target.ts'
import { refusalOf } from './errors-out.ts'
import { reviveEvents } from './live-event.ts'
import { observeRefusedCall } from './observe.ts'
import { type CallKeeper, describeCall, RunningCall } from './running-call.ts'
import type { Session } from './session.ts'

/** The calls of one session. They start in the order in which they came, and each is answered once. */
export class Calls implements CallKeeper {
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
    if (!this.rate.take()) return this.refuse(message, { code: 'calls_too_fast' })
    if (this.answers.repeated(message.call)) return
    if (this.inFlight >= session.host.limits.maxCallsInFlight) {
      return this.refuse(message, { code: 'too_many_calls' })
    }
    this.inFlight++
    this.answers.log.begin(message.call)
    const { path, args } = splitBody(String(message.body))
    const decoded = this.decode(message.call, args)
    const { ready = null, former } = session.screen(message.root) ?? {}
    const isLater = former?.isLater(frameSeen(message.seen)) ?? false
    const waitsForRender = isLater || isNewest(message.seen)
    if (Array.isArray(decoded) && this.order === null && !waitsForRender && ready === null) {
      return this.start(message, path, decoded)
    }
    const shown = this.shownNow(message)
    this.inOrder(async () => {
      await ready
      if (waitsForRender) await this.rendered(message.root)
      const screen = session.screen(message.root)
      if (isLater && screen?.former) screen.former.now = screen.sequence
      this.start(message, path, await decoded, shown)
    })
  }

  /** What the browser showed where it made the call, before it says that it shows something later. */
  private shownNow({ root, slot, seen }: Message<'call'>): ShownHandlers | undefined {
    const screen = this.session.screen(root)
    return screen?.former?.has(frameSeen(seen)) ? undefined : screen?.shownHandlers(slot, seen)
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

  private start(
    message: Message<'call'>,
    path: string,
    args: unknown[] | Failure,
    shown?: ShownHandlers,
  ): void {
    const { call } = message
    try {
      if (!Array.isArray(args)) throw args.failure
      const target = this.targetOf(message, path, shown)
      this.keepLive(call, args)
      const running = new RunningCall(this.session, this, message, target, path)
      running.run(reviveEvents(args, path))
    } catch (error) {
      this.answering()
      this.ended(call)
      this.refuse(message, refusedWith(error))
    }
  }

  private targetOf(message: Message<'call'>, path: string, shown?: ShownHandlers): Target {
    const { call, root, slot, body } = message
    const screen = this.session.screen(root)
    if (screen?.ranBefore?.(this.session.keeper.callId(call)) && screen.asCall !== undefined)
      return { screen, call: screen.asCall(neverCalled) }
    const seen = this.frameOf(message)
    return this.asCall(findTarget(this.session, { root, seen, slot, path, shown }), String(body))
  }

  /** The frame of the tree that the call was made on, or what stands for it. */
  private frameOf({ root, seen }: Message<'call'>): number {
    const former = this.session.screen(root)?.former
    return former?.has(seen) ? former.now : seen
  }

  /** What is on another server takes the arguments as they came; they were decoded here to be refused here. */
  private asCall(target: Target, body: string): Target {
    const { screen, call, forward } = target
    if (forward === undefined)
      return screen?.asCall === undefined ? target : { screen, call: screen.asCall(call) }
    const { args } = splitBody(body)
    return { screen, call: () => forward(this.session.info.current, args) }
  }

  private keepLive(call: number, args: readonly unknown[]): void {
    if (!args.some(isLive)) return
    this.live.set(call, args.filter(isLive))
  }

  ended(call: number): void {
    if (this.live.size > 0) this.endLive(call)
    this.session.uploads.endCall(call)
  }

  private endLive(call: number): void {
    for (const argument of this.live.get(call) ?? []) argument.end()
    this.live.delete(call)
  }

  /** Answers a call that never started. What floods a server makes no error with a stack. */
  private refuse({ call, root, body }: Message<'call'>, { code, message }: Refusal): void {
    observeRefusedCall(code, () => {
      const screen = this.session.screen(root) ?? null
      return describeCall(this.session, call, screen, splitBody(String(body)).path)
    })
    this.session.host.refused(code)
    this.answers.send(this.answers.page, callError(call, refusalOf(code, message)))
  }

  answering(): void {
    this.inFlight--
    this.settle()
  }

  /** True while no call is running, and every answer is sent. */
  get idle(): boolean {
    return this.inFlight === 0 && this.answers.waiting === 0 && this.order === null && this.live.size === 0
  }

  private settle(): void {
    if (this.whenSettled.length === 0 || this.inFlight > 0 || this.answers.waiting > 0) return
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

interface Refusal {
  readonly code: ErrorCode
  readonly message?: string
}

/** In place of a function that need not run again. */
function neverCalled(): never {
  throw new LiverootError('connection_lost')
}

interface Failure {
  readonly failure: unknown
}

function isLive(argument: unknown): argument is ReceivedArgument {
  return argument instanceof ReceivedArgument
}

/** What React's decoder throws is about the arguments. */
function refusedWith(error: unknown): LiverootError {
  return error instanceof LiverootError ? error : new LiverootError('bad_arguments')
}

function splitBody(body: string): { path: string; args: string | null } {
  const end = body.indexOf('\n')
  return end < 0 ? { path: body, args: null } : { path: body.slice(0, end), args: body.slice(end + 1) }
}
