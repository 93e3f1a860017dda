import { decodeReply } from '#flight-server'
import { LiverootError } from '../errors.ts'
import type { Message } from '../protocol/messages.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { encodeValue } from './flight/encode.ts'
import { reviveEvents } from './live-event.ts'
import type { Root } from './root.ts'
import type { Session } from './session.ts'

/** The calls of one session. They start in the order in which they came, and each is answered once. */
export class Calls {
  private inFlight = 0
  /** Starts when the arguments of all earlier calls are decoded; null while nothing has to be waited for. */
  private order: Promise<void> | null = null

  constructor(private readonly session: Session) {}

  receive(message: Message<'call'>): void {
    if (this.inFlight >= this.session.host.limits.maxCallsInFlight) {
      return this.refuse(message, new LiverootError('too_many_calls'))
    }
    this.inFlight++
    const { path, args } = splitBody(String(message.body))
    if (args === null && this.order === null) return this.start(message, path, [])
    const previous = this.order ?? Promise.resolve()
    const decoded = decodeArguments(args)
    // A failure is looked at in its turn, not when it happens.
    decoded.catch(() => {})
    const mine: Promise<void> = previous.then(async () => {
      try {
        this.start(message, path, await decoded)
      } catch (error) {
        this.finish(message, error)
      }
      if (this.order === mine) this.order = null
    })
    this.order = mine
  }

  private start(message: Message<'call'>, path: string, args: unknown[]): void {
    const root = this.session.root(message.root)
    const handler = root?.tree.findHandler(message.slot, path, message.seen)
    if (root === undefined) return this.finish(message, new LiverootError('unknown_root'))
    if (handler === undefined) return this.finish(message, new LiverootError('not_on_screen'))
    void this.run(message, root, () => root.tree.run(path, () => handler(...args)))
  }

  private async run(message: Message<'call'>, root: Root, handler: () => unknown): Promise<void> {
    let result: unknown
    try {
      result = handler()
      if (isThenable(result)) result = await result
    } catch (error) {
      return this.afterEffects(root, () => this.fail(message, root, error))
    }
    this.afterEffects(root, () => this.answer(message, root, result))
  }

  /** The browser settles a call's promise when the call's effects are on screen: they must be sent first. */
  private afterEffects(root: Root, callback: () => void): void {
    setImmediate(() => root.whenFlushed(callback))
  }

  private answer({ call }: Message<'call'>, root: Root, result: unknown): void {
    this.inFlight--
    const { sequence } = root.tree
    if (result === undefined) return this.session.send({ type: 'result', call, sequence })
    const { host } = this.session
    const payload = encodeValue(result, host.modules(), (error) => {
      return describeError(error, 'result_not_serializable', host.onError, { route: root.route }).digest
    })
    void this.session.sendStream(payload, (body, stream) => ({
      type: 'result',
      call,
      sequence,
      ...(stream === undefined ? {} : { stream }),
      body,
    }))
  }

  private fail({ call }: Message<'call'>, root: Root, error: unknown): void {
    this.inFlight--
    const body = describeError(error, 'handler_failed', this.session.host.onError, { route: root.route })
    this.session.send({ type: 'callError', call, sequence: root.tree.sequence, body: JSON.stringify(body) })
  }

  /** Ends a call that never started. */
  private finish(message: Message<'call'>, error: unknown): void {
    this.inFlight--
    this.refuse(message, error)
  }

  private refuse({ call }: Message<'call'>, error: unknown): void {
    const { code, message } = error instanceof LiverootError ? error : new LiverootError('bad_arguments')
    this.session.send({
      type: 'callError',
      call,
      sequence: 0,
      body: JSON.stringify(refusalOf(code, message)),
    })
  }
}

function splitBody(body: string): { path: string; args: string | null } {
  const end = body.indexOf('\n')
  return end < 0 ? { path: body, args: null } : { path: body.slice(0, end), args: body.slice(end + 1) }
}

async function decodeArguments(args: string | null): Promise<unknown[]> {
  if (args === null) return []
  const decoded = await decodeReply(replyOf(args), {})
  if (!Array.isArray(decoded)) throw new LiverootError('bad_arguments')
  return decoded.map(reviveEvents)
}

/** Arguments that take several parts (a Map, a promise) come as a JSON object of them. */
function replyOf(args: string): string | FormData {
  if (!args.startsWith('{')) return args
  const form = new FormData()
  for (const [name, value] of Object.entries(JSON.parse(args) as Record<string, unknown>)) {
    if (typeof value !== 'string') throw new LiverootError('bad_arguments')
    form.append(name, value)
  }
  return form
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
