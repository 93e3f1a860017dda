import { LiverootError } from '../errors.ts'
import type { Body, Message } from '../protocol/messages.ts'
import { newestSince } from '../protocol/newest-render.ts'
import { captureArguments, encodeArguments, encodePlain, hasFiles } from './arguments.ts'
import { type PendingCall, PendingCalls, SendQueue, type StartedCall } from './calls.ts'
import { followsEdits, isEditing } from './calls-of-event.ts'
import { type Departure, Departures } from './departures.ts'
import { errorFrom } from './errors.ts'
import { inTransition } from './in-transition.ts'
import type { Outgoing } from './outgoing.ts'
import type { ClientRoot } from './root.ts'
import type { FunctionReference } from './server-function.ts'
import { currentProgress } from './upload-progress.ts'
import type { Uploads } from './uploads.ts'

/** What the calls of a session use of it. */
export interface CallsHost {
  readonly outgoing: Outgoing
  readonly uploads: Uploads
  /** Calls that may wait for the connection. */
  readonly maxOfflineCalls: number
  /** True where the server takes messages. */
  readonly isOpen: boolean
  /** True where there is no connection, and none will be. */
  readonly isOver: boolean
  /** False while the server does not have the trees of the page yet. */
  readonly ready: boolean
  /** Another number of calls waits. */
  waitingChanged(calls: number): void
}

/** The calls of a session, from when they are made until they are sent; and again where the server did not get them. */
export class OutgoingCalls {
  readonly pending = new PendingCalls()
  private readonly departures: Departures = new Departures(() => {
    this.host.waitingChanged(this.departures.calls)
  })
  private readonly queue = new SendQueue()
  /** What the server takes unanswered. */
  maxCalls = 1

  constructor(private readonly host: CallsHost) {}

  /** Calls a function of a root, or, with null, one that a client module imports. */
  start(root: ClientRoot | null, { slot, path }: FunctionReference, args: readonly unknown[]): StartedCall {
    const captured = captureArguments(args)
    this.checkRoom()
    // An answered edit may still wait for the end of an action, behind which the next one must not fall back.
    const follows = followsEdits() || (root?.holds(slot) && isEditing())
    const onScreen = root?.seen(slot) ?? 0
    const seen = follows ? newestSince(onScreen) : onScreen
    const { pending, answer } = this.pending.add(root, seen)
    const action = inTransition() ? { action: 1 } : {}
    const head = { type: 'call', call: pending.call, root: root?.id ?? 0, slot, ...action } as const
    const send = (encoded: string) => {
      const body = encoded === '[]' ? path : `${path}\n${encoded}`
      pending.message = { ...head, seen: pending.seen, body }
      this.departures.add(this.departureOf(pending))
    }
    const plain = this.queue.busy ? null : encodePlain(captured)
    if (plain !== null) send(plain)
    else this.sendEncoded(pending, captured, send)
    return { answer, update: (argument, value) => this.sendArgument(pending, argument, value) }
  }

  /** @throws `connection_lost` where no connection will be; `too_many_offline_calls`. */
  private checkRoom(): void {
    if (this.host.isOver) throw new LiverootError('connection_lost')
    if (this.departures.calls >= this.host.maxOfflineCalls) throw new LiverootError('too_many_offline_calls')
  }

  /**
   * Calls leave in the order in which they were made, though arguments may take time to encode. One with files takes its
   * turn when they have arrived: they may take minutes, in which the page goes on.
   */
  private sendEncoded(pending: PendingCall, args: unknown[], send: (encoded: string) => void): void {
    const { call } = pending
    const onProgress = currentProgress()
    const withFiles = hasFiles(args)
    const encodeAndSend = async () => {
      const isWanted = () => this.pending.get(call) === pending
      const encoded = encodeArguments(args, (files) => this.host.uploads.sendAll(files, onProgress, isWanted))
      encoded.catch((error: unknown) => this.pending.take(call)?.reject(error))
      if (withFiles) await encoded.catch(() => {})
      this.queue.add(async () => {
        const text = await encoded
        // It may have been given up meanwhile.
        if (isWanted()) send(text)
      })
    }
    if (withFiles) pending.encodeAgain = () => void encodeAndSend()
    void encodeAndSend()
  }

  private departureOf(pending: PendingCall): Departure {
    return {
      call: pending.call,
      ready: () => this.mayLeave(pending.root),
      send: () => {
        if (pending.message === null || this.pending.get(pending.call) !== pending) return
        this.pending.markSent(pending)
        if (!this.host.outgoing.send(pending.message)) this.pending.take(pending.call)?.reject(tooLarge())
      },
    }
  }

  /** Not more than the server takes, and not before it has the trees that calls are for. */
  private mayLeave(root: ClientRoot | null): boolean {
    if (!this.host.isOpen || this.pending.sentCount >= this.maxCalls) return false
    return root === null ? this.host.ready : root.ready
  }

  private sendArgument(pending: PendingCall, argument: number, value: unknown): void {
    const { call } = pending
    const [captured] = captureArguments([value])
    const encoded = encodeArguments([captured], (files) => this.host.uploads.sendAll(files))
    encoded.catch(() => {})
    this.queue.add(async () => {
      const message = { type: 'argument', call, argument, body: await encoded } as const
      pending.updates.set(argument, message)
      this.departures.add(this.departureOfArgument(message))
    })
  }

  private departureOfArgument(message: Message<'argument'>): Departure {
    const { call, argument } = message
    const isOpen = () => this.host.isOpen
    const send = () => {
      // The call goes on with the value before, and nobody waits for this one.
      if (!this.host.outgoing.send(message)) console.error(tooLarge())
    }
    return { call, argument, ready: isOpen, send }
  }

  /** Sends something when the calls before it are sent. */
  after(send: () => void): void {
    this.departures.add({ call: null, ready: () => true, send })
  }

  /** Lets go what can leave now. */
  pump(): void {
    this.departures.pump()
  }

  /** Takes a call that was answered; undefined where it is not known (any more). */
  answered(call: number): PendingCall | undefined {
    const pending = this.pending.take(call)
    if (pending === undefined) return undefined
    this.host.outgoing.answered(call)
    this.pump()
    return pending
  }

  /** Nobody will answer these. */
  reject(calls: readonly PendingCall[]): void {
    this.pending.reject(calls)
    this.departures.drop((call) => call !== null && this.pending.get(call) === undefined)
  }

  /** The session is over, and with it all that waits to leave. */
  forget(): void {
    this.pending.reject(this.pending.all)
    this.departures.drop(() => true)
  }

  /**
   * The tree of a shared root goes on as another root, perhaps on another server. By the frames there, what was seen is the
   * newest render: what calls before did is in it.
   */
  moveTo(before: ClientRoot, root: ClientRoot): void {
    this.reject(this.pending.all.filter((each) => each.root === before && each.tree !== before.tree))
    for (const pending of this.pending.all) {
      if (pending.root !== before) continue
      pending.root = root
      pending.tree = root.tree
      pending.elsewhere = true
      pending.seen = newestSince(root.arrived)
      if (pending.message !== null) pending.message = { ...pending.message, seen: pending.seen }
    }
    this.pump()
  }

  /** What was on the way is lost: those that have no answer leave again, before what has not left yet. */
  again(sent: readonly PendingCall[]): void {
    for (const pending of this.pending.all) {
      pending.sentAt = 0
      if (pending.encodeAgain === null || pending.message === null) continue
      // The server does not have its files any more.
      pending.message = null
      this.departures.drop((call) => call === pending.call)
      pending.encodeAgain()
    }
    const again = sent.filter(({ message, call }) => message !== null && this.pending.get(call) !== undefined)
    this.departures.addFirst(
      again.flatMap((pending) => [
        this.departureOf(pending),
        ...[...pending.updates.values()].map((message) => this.departureOfArgument(message)),
      ]),
    )
  }
}

function tooLarge(): LiverootError {
  return new LiverootError('arguments_too_large')
}

/** Where a function is gone that another server showed, the call may have run there. */
export function errorOf({ elsewhere }: PendingCall, body: Body): LiverootError {
  const error = errorFrom(body)
  return elsewhere && gone.has(error.code) ? new LiverootError('connection_lost') : error
}

const gone: ReadonlySet<string> = new Set(['not_on_screen', 'unknown_root'])
