import { LiverootError } from '../errors.ts'
import type { DownMessage, HelloBody, Message, WelcomeBody } from '../protocol/messages.ts'
import { newestRender } from '../protocol/newest-render.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import { captureArguments, encodeArguments, encodePlain, hasFiles } from './arguments.ts'
import { OldBuild } from './build.ts'
import { type PendingCall, PendingCalls, SendQueue, type StartedCall } from './calls.ts'
import { followsEdits, isEditing } from './calls-of-event.ts'
import { Connection } from './connection.ts'
import { type Departure, Departures } from './departures.ts'
import { errorFrom } from './errors.ts'
import { decodePayload, PayloadStream } from './flight.ts'
import { inTransition } from './in-transition.ts'
import { ItemStreams } from './item-streams.ts'
import { Outgoing } from './outgoing.ts'
import type { ReconnectOptions } from './reconnect.ts'
import { ClientRoot, type RootHost } from './root.ts'
import type { FunctionReference } from './server-function.ts'
import { StatusStore } from './status-store.ts'
import type { Connect } from './transport.ts'
import { currentProgress } from './upload-progress.ts'
import { Uploads } from './uploads.ts'

/** With nothing mounted for this long, the connection is closed. */
const idleMs = 5_000

/** What a client session is made with. */
export interface ClientSessionOptions {
  readonly connect: Connect
  readonly reconnect: ReconnectOptions
  /** Calls that may wait for the connection. */
  readonly maxOfflineCalls: number
  readonly build: string | undefined
  /** The page is of another build than the server, and nothing is lost by reloading it. */
  onNewBuild(build: string): void
}

/** This browser's live roots and calls. It outlives connections: what is asked for meanwhile waits for the next. */
export class ClientSession implements RootHost {
  readonly status = new StatusStore({
    retryNow: () => this.connection.retryNow(),
    reconnect: () => this.connection.reconnect(),
  })
  private readonly connection: Connection
  private readonly outgoing: Outgoing
  private readonly roots = new Map<number, ClientRoot>()
  /** Those that the server brings in, for the places that other roots have for them. */
  private readonly sharedRoots = new Map<number, ClientRoot>()
  private readonly calls = new PendingCalls()
  private readonly departures = new Departures(() => {
    this.status.set({ unsentCalls: this.departures.calls })
  })
  /** Payloads whose rest is still to come. */
  private readonly payloads = new Map<number, PayloadStream>()
  private readonly queue = new SendQueue()
  private readonly streams = new ItemStreams({
    pull: (stream, count) => this.outgoing.send({ type: 'pull', stream, count }),
    cancel: (stream) => this.outgoing.send({ type: 'cancel', stream }),
  })
  private readonly uploads: Uploads
  private readonly oldBuild: OldBuild
  /** What the next hello shows. */
  token: string | undefined
  /** False for a page that goes on with the session of the page before it. */
  private hasCounts = false
  /** Names the count of messages. */
  private series = 0
  /** What the server takes unanswered. */
  private maxCalls = 1
  private lastRoot = 0
  private idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: ClientSessionOptions) {
    const { connect, reconnect, build, onNewBuild } = options
    this.oldBuild = new OldBuild(build, () => this.calls.size === 0, onNewBuild)
    const listener = {
      hello: () => this.hello(),
      opened: (welcome: WelcomeBody) => this.opened(welcome),
      message: (message: DownMessage, bytes: number) => this.receive(message, bytes),
      pinged: () => this.outgoing.tell(),
      closed: () => this.forget(),
    }
    this.connection = new Connection(connect, listener, reconnect, this.status)
    this.outgoing = new Outgoing(this.connection)
    this.uploads = new Uploads(this.connection, (message) => this.outgoing.send(message))
  }

  /** Mounts the route of a path. It stays mounted while it is retained. */
  mount(path: string): ClientRoot {
    clearTimeout(this.idleTimer)
    const root = new ClientRoot(this, ++this.lastRoot, path)
    this.roots.set(root.id, root)
    this.sendMount(root)
    this.connection.open()
    return root
  }

  unmount(root: ClientRoot): void {
    this.roots.delete(root.id)
    const send = () => this.outgoing.send({ type: 'unmount', root: root.id })
    // The calls that were made on it go before.
    this.departures.add({ call: null, ready: () => true, send })
    this.closeWhenIdle()
  }

  private closeWhenIdle(): void {
    clearTimeout(this.idleTimer)
    if (this.roots.size > 0) return
    this.idleTimer = setTimeout(() => {
      if (this.calls.size > 0) this.closeWhenIdle()
      else this.close()
    }, idleMs)
  }

  sharedRoot(id: number): ClientRoot {
    let root = this.sharedRoots.get(id)
    if (root === undefined) {
      root = new ClientRoot(this, id, '')
      this.sharedRoots.set(id, root)
    }
    return root
  }

  private find(root: number): ClientRoot | undefined {
    return root < firstSharedRoot ? this.roots.get(root) : this.sharedRoot(root)
  }

  /** The server shows it to this browser no more, for no root here has a place for it. */
  private leaveShared(id: number): void {
    this.sharedRoots.get(id)?.close()
    this.sharedRoots.delete(id)
  }

  acknowledge(root: number, received: number, shown: number): void {
    this.outgoing.acknowledge(root, received, shown)
  }

  /** Calls a function of a root, or, with null, one that a client module imports. */
  start(root: ClientRoot | null, { slot, path }: FunctionReference, args: readonly unknown[]): StartedCall {
    const captured = captureArguments(args)
    this.checkRoom()
    const { pending, answer } = this.calls.add(root)
    const { call } = pending
    // An answered edit may still wait for the end of an action, behind which the next one must not fall back.
    const follows = followsEdits() || (root?.holds(slot) && isEditing())
    const seen = follows ? newestRender : (root?.seen(slot) ?? 0)
    const action = inTransition() ? { action: 1 } : {}
    const head = { type: 'call', call, root: root?.id ?? 0, seen, slot, ...action } as const
    const send = (encoded: string) => {
      pending.message = { ...head, body: encoded === '[]' ? path : `${path}\n${encoded}` }
      this.departures.add(this.departureOf(pending))
    }
    const plain = this.queue.busy ? null : encodePlain(captured)
    if (plain !== null) send(plain)
    else this.sendEncoded(pending, captured, send)
    return { answer, update: (argument, value) => this.sendArgument(pending, argument, value) }
  }

  /** @throws `connection_lost` where no connection will be; `too_many_offline_calls`. */
  private checkRoom(): void {
    const { state } = this.status.current
    if (state === 'idle' || state === 'closed') throw new LiverootError('connection_lost')
    if (this.departures.calls >= this.options.maxOfflineCalls)
      throw new LiverootError('too_many_offline_calls')
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
      const isWanted = () => this.calls.get(call) === pending
      const encoded = encodeArguments(args, (files) => this.uploads.sendAll(files, onProgress, isWanted))
      encoded.catch((error: unknown) => this.calls.take(call)?.reject(error))
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
        if (pending.message === null || this.calls.get(pending.call) !== pending) return
        this.calls.markSent(pending)
        this.outgoing.send(pending.message)
      },
    }
  }

  /** Not more than the server takes, and not before it has the trees that calls are for. */
  private mayLeave(root: ClientRoot | null): boolean {
    if (!this.connection.isOpen || this.calls.sentCount >= this.maxCalls) return false
    return root === null ? [...this.roots.values()].every(({ ready }) => ready) : root.ready
  }

  private sendArgument(pending: PendingCall, argument: number, value: unknown): void {
    const { call } = pending
    const [captured] = captureArguments([value])
    const encoded = encodeArguments([captured], (files) => this.uploads.sendAll(files))
    encoded.catch(() => {})
    this.queue.add(async () => {
      const message = { type: 'argument', call, argument, body: await encoded } as const
      pending.updates.set(argument, message)
      this.departures.add(this.departureOfArgument(message))
    })
  }

  private departureOfArgument(message: Message<'argument'>): Departure {
    const { call, argument } = message
    const isOpen = () => this.connection.isOpen
    return { call, argument, ready: isOpen, send: () => this.outgoing.send(message) }
  }

  /** The page is done with the session. */
  close(): void {
    clearTimeout(this.idleTimer)
    this.connection.close()
    this.forget()
  }

  /** The session is over, and with it whatever waits for it. */
  private forget(): void {
    this.token = undefined
    this.hasCounts = false
    this.oldBuild.stop()
    this.calls.reject(this.calls.all)
    this.departures.drop(() => true)
    this.uploads.lost()
    this.restart()
  }

  get window(): number {
    return this.connection.window
  }

  /** True when all that has come is on screen. */
  get idle(): boolean {
    return this.all.every((root) => root.idle)
  }

  private get all(): readonly ClientRoot[] {
    return [...this.roots.values(), ...this.sharedRoots.values()]
  }

  get calling(): boolean {
    return this.calls.size > 0
  }

  /** The page begins with the session that the page before it in its tab had. */
  goOnWith(token: string): void {
    this.token = token
  }

  private hello(): HelloBody {
    const { token, series } = this
    if (token === undefined) return {}
    return this.hasCounts ? { token, received: this.outgoing.received, series } : { token }
  }

  private opened({ token, session, series, handled, maxCalls, build }: WelcomeBody): void {
    this.token = token
    this.hasCounts = true
    this.oldBuild.heard(build)
    this.series = series
    this.maxCalls = maxCalls
    if (session === 'resumed') this.outgoing.resume(handled)
    else this.startAnew(session === 'restored')
    for (const root of this.all) root.acknowledgeAgain()
    this.departures.pump()
    this.uploads.goOn()
  }

  /** The server has lost what was on the way; with `restored`, it knows what became of the calls. */
  private startAnew(restored: boolean): void {
    const sent = this.calls.sent
    if (!restored) this.calls.reject(sent)
    // The numbers of shared roots are the server's: another one may have given the same to another root.
    this.calls.reject(this.calls.all.filter(({ root }) => root !== null && this.sharedRoots.has(root.id)))
    this.departures.drop((call) => call !== null && this.calls.get(call) === undefined)
    this.restart()
    this.uploads.restart()
    for (const root of this.roots.values()) this.sendMount(root)
    for (const pending of this.calls.all) {
      pending.sentAt = 0
      if (pending.encodeAgain === null || pending.message === null) continue
      // The server does not have its files any more.
      pending.message = null
      this.departures.drop((call) => call === pending.call)
      pending.encodeAgain()
    }
    const again = sent.filter(({ message, call }) => message !== null && this.calls.get(call) !== undefined)
    this.departures.addFirst(
      again.flatMap((pending) => [
        this.departureOf(pending),
        ...[...pending.updates.values()].map((message) => this.departureOfArgument(message)),
      ]),
    )
  }

  private restart(): void {
    this.outgoing.restart()
    const error = new LiverootError('connection_lost')
    for (const payload of this.payloads.values()) payload.fail(error)
    this.payloads.clear()
    this.streams.lost()
    for (const id of [...this.sharedRoots.keys()]) this.leaveShared(id)
    for (const root of this.roots.values()) root.restart()
  }

  private sendMount(root: ClientRoot): void {
    this.outgoing.send({ type: 'mount', root: root.id, body: root.path })
  }

  /** The server has made another tree for a root: what was called on the former one is not there. */
  replaced(root: ClientRoot): void {
    this.calls.reject(this.calls.all.filter((each) => each.root === root && each.tree !== root.tree))
    this.departures.drop((call) => call !== null && this.calls.get(call) === undefined)
  }

  private receive(message: DownMessage, bytes: number): void {
    this.outgoing.receive(message, bytes)
    switch (message.type) {
      case 'frame':
        return this.receiveFrame(message)
      case 'unmount':
        return this.leaveShared(message.root)
      case 'chunk':
        return this.payloads.get(message.stream)?.push(message.body)
      case 'end':
        this.payloads.get(message.stream)?.end()
        this.payloads.delete(message.stream)
        return
      case 'item':
        return this.streams.item(message.stream, message.body)
      case 'done':
        return this.streams.done(message.stream, message.body)
      case 'uploaded':
        return this.uploads.uploaded(message)
      case 'uploadError':
        return this.uploads.refused(message)
      case 'rootError':
        this.find(message.root)?.fail(errorFrom(message.body))
        return this.departures.pump()
      case 'result':
        return this.answer(message)
      case 'callError':
        return this.settleCall(message.call, message.sequence, (call) => call.reject(errorFrom(message.body)))
    }
  }

  private receiveFrame({ root: id, sequence, action, stream, body }: Message<'frame'>): void {
    const root = this.find(id)
    const wasReady = root?.ready
    root?.receive(sequence, this.open(stream, body), action === 1)
    if (wasReady === false) this.departures.pump()
  }

  /** The payload of a message; registered where more of it is to come. */
  private open(stream: number | undefined, body: Message<'chunk'>['body']): PayloadStream {
    const payload = new PayloadStream()
    payload.push(body)
    if (stream === undefined) payload.end()
    else this.payloads.set(stream, payload)
    return payload
  }

  private answer({ call, sequence, stream, body }: Message<'result'>): void {
    if (body === undefined) return this.settleCall(call, sequence, (pending) => pending.resolve(undefined))
    // React's promise has a `then` that returns nothing.
    const result = Promise.resolve(decodePayload(this.open(stream, body))).then((value) =>
      this.streams.revive(value),
    )
    // Nobody may be waiting when it fails.
    result.catch(() => {})
    this.settleCall(call, sequence, (pending) => pending.resolve(result))
  }

  /** Not before the effects of the call are on screen, so that what is shown meanwhile never flickers. */
  private settleCall(call: number, sequence: number, settle: (pending: PendingCall) => void): void {
    const pending = this.calls.take(call)
    if (pending === undefined) return
    this.outgoing.answered(call)
    this.departures.pump()
    if (pending.root !== null) return pending.root.whenShown(sequence, () => settle(pending))
    // It may have had effects on every root; their frames came before the answer.
    const shown = this.all.map(
      (root) => new Promise<void>((resolve) => root.whenShown(root.arrived, resolve)),
    )
    void Promise.all(shown).then(() => settle(pending))
  }
}
