import { LiverootError } from '../errors.ts'
import type { DownMessage, HelloBody, Message, WelcomeBody } from '../protocol/messages.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import { OldBuild } from './build.ts'
import type { PendingCall, StartedCall } from './calls.ts'
import { Connection } from './connection.ts'
import { errorFrom } from './errors.ts'
import { decodePayload } from './flight.ts'
import { IncomingPayloads } from './incoming-payloads.ts'
import { ItemStreams } from './item-streams.ts'
import { Outgoing } from './outgoing.ts'
import { type CallsHost, errorOf, OutgoingCalls } from './outgoing-calls.ts'
import type { ReconnectOptions } from './reconnect.ts'
import { ClientRoot } from './root.ts'
import type { FunctionReference } from './server-function.ts'
import { SharedRoots, type SharedRootsHost } from './shared-roots.ts'
import { StatusStore } from './status-store.ts'
import type { Connect } from './transport.ts'
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
export class ClientSession implements SharedRootsHost, CallsHost {
  readonly status = new StatusStore({
    retryNow: () => this.connection.retryNow(),
    reconnect: () => this.connection.reconnect(),
  })
  private readonly connection: Connection
  readonly outgoing: Outgoing
  private readonly roots = new Map<number, ClientRoot>()
  /** Those that the server brings in, for the places that other roots have for them. */
  private readonly sharedRoots = new SharedRoots(this)
  private readonly calls: OutgoingCalls
  private readonly payloads = new IncomingPayloads()
  private readonly streams = new ItemStreams({
    pull: (stream, count) => this.outgoing.send({ type: 'pull', stream, count }),
    cancel: (stream) => this.outgoing.send({ type: 'cancel', stream }),
  })
  readonly uploads: Uploads
  private readonly oldBuild: OldBuild
  /** What the next hello shows. */
  token: string | undefined
  /** False for a page that goes on with the session of the page before it. */
  private hasCounts = false
  /** Names the count of messages. */
  private series = 0
  private lastRoot = 0
  private hellos = 0
  private idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly options: ClientSessionOptions) {
    const { connect, reconnect, build, onNewBuild } = options
    this.oldBuild = new OldBuild(build, () => this.calls.pending.size === 0, onNewBuild)
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
    this.calls = new OutgoingCalls(this)
  }

  get maxOfflineCalls(): number {
    return this.options.maxOfflineCalls
  }

  get isOpen(): boolean {
    return this.connection.isOpen
  }

  get isOver(): boolean {
    const { state } = this.status.current
    return state === 'idle' || state === 'closed'
  }

  get ready(): boolean {
    return [...this.roots.values()].every(({ ready }) => ready)
  }

  waitingChanged(unsentCalls: number): void {
    this.status.set({ unsentCalls })
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
    // The calls that were made on it go before.
    this.calls.after(() => this.outgoing.send({ type: 'unmount', root: root.id }))
    this.closeWhenIdle()
  }

  private closeWhenIdle(): void {
    clearTimeout(this.idleTimer)
    if (this.roots.size > 0) return
    this.idleTimer = setTimeout(() => {
      if (this.calls.pending.size > 0) this.closeWhenIdle()
      else this.close()
    }, idleMs)
  }

  sharedRoot(id: number): ClientRoot {
    return this.sharedRoots.get(id)
  }

  get shown(): boolean {
    return [...this.roots.values()].every(({ hasShown }) => hasShown)
  }

  shows(root: ClientRoot): void {
    this.sharedRoots.shown(root)
  }

  goesOn(before: ClientRoot, root: ClientRoot): void {
    this.calls.moveTo(before, root)
  }

  treeLost(root: ClientRoot): void {
    this.calls.reject(this.calls.pending.all.filter((each) => each.root === root))
    this.calls.pump()
  }

  private find(root: number): ClientRoot | undefined {
    return root < firstSharedRoot ? this.roots.get(root) : this.sharedRoot(root)
  }

  acknowledge(root: number, received: number, shown: number): void {
    this.outgoing.acknowledge(root, received, shown)
  }

  /** Calls a function of a root, or, with null, one that a client module imports. */
  start(root: ClientRoot | null, reference: FunctionReference, args: readonly unknown[]): StartedCall {
    return this.calls.start(root, reference, args)
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
    this.calls.forget()
    this.uploads.lost()
    this.restart()
    this.sharedRoots.forget()
  }

  get window(): number {
    return this.connection.window
  }

  /** True when all that has come is on screen. */
  get idle(): boolean {
    return this.all.every((root) => root.idle)
  }

  private get all(): readonly ClientRoot[] {
    return [...this.roots.values(), ...this.sharedRoots.all]
  }

  get calling(): boolean {
    return this.calls.pending.size > 0
  }

  /** The page begins with the session that the page before it in its tab had. */
  goOnWith(token: string): void {
    this.token = token
  }

  private hello(): HelloBody {
    const { token, series } = this
    const attempt = ++this.hellos
    if (token === undefined) return {}
    return this.hasCounts ? { token, received: this.outgoing.received, series, attempt } : { token, attempt }
  }

  private opened({ token, session, series, handled, maxCalls, maxMessageBytes, build }: WelcomeBody): void {
    this.token = token
    this.hasCounts = true
    this.oldBuild.heard(build)
    this.series = series
    this.calls.maxCalls = maxCalls
    this.outgoing.maxMessageBytes = maxMessageBytes
    if (session === 'resumed') this.outgoing.resume(handled)
    else this.startAnew(session === 'restored')
    for (const root of this.all) root.acknowledgeAgain()
    this.calls.pump()
    this.uploads.goOn()
  }

  /** The server has lost what was on the way; with `restored`, it knows what became of the calls. */
  private startAnew(restored: boolean): void {
    const { sent } = this.calls.pending
    if (!restored) this.calls.reject(sent)
    this.restart()
    this.uploads.restart()
    for (const root of this.roots.values()) this.sendMount(root)
    this.calls.again(sent)
  }

  private restart(): void {
    this.outgoing.restart()
    this.payloads.lost(new LiverootError('connection_lost'))
    this.streams.lost()
    this.sharedRoots.restart()
    for (const root of this.roots.values()) root.restart()
  }

  private sendMount(root: ClientRoot): void {
    this.outgoing.send({ type: 'mount', root: root.id, body: root.path })
  }

  /** The server has made another tree for a root: what was called on the former one is not there. */
  replaced(root: ClientRoot): void {
    this.calls.reject(this.calls.pending.all.filter((each) => each.root === root && each.tree !== root.tree))
  }

  private receive(message: DownMessage, bytes: number): void {
    this.outgoing.receive(message, bytes)
    switch (message.type) {
      case 'frame':
        return this.receiveFrame(message)
      case 'unmount':
        return this.sharedRoots.leave(message.root)
      case 'chunk':
        return this.payloads.more(message.stream, message.body)
      case 'end':
        return this.payloads.end(message.stream)
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
        return this.calls.pump()
      case 'result':
        return this.answer(message)
      case 'callError':
        return this.settleCall(message.call, message.sequence, (call) =>
          call.reject(errorOf(call, message.body)),
        )
    }
  }

  private receiveFrame({ root: id, sequence, action, stream, body }: Message<'frame'>): void {
    const root = this.find(id)
    const wasReady = root?.ready
    root?.receive(sequence, this.payloads.open(stream, body), action === 1)
    if (wasReady === false) this.calls.pump()
  }

  private answer({ call, sequence, stream, body }: Message<'result'>): void {
    if (body === undefined) return this.settleCall(call, sequence, (pending) => pending.resolve(undefined))
    // React's promise has a `then` that returns nothing.
    const result = Promise.resolve(decodePayload(this.payloads.open(stream, body))).then((value) =>
      this.streams.revive(value),
    )
    // Nobody may be waiting when it fails.
    result.catch(() => {})
    this.settleCall(call, sequence, (pending) => pending.resolve(result))
  }

  /** Not before the effects of the call are on screen, so that what is shown meanwhile never flickers. */
  private settleCall(call: number, sequence: number, settle: (pending: PendingCall) => void): void {
    const pending = this.calls.answered(call)
    if (pending === undefined) return
    const { root, elsewhere } = pending
    // The answer may be an earlier one, and the number that of another server's frame.
    if (root !== null) return root.whenShown(elsewhere ? root.arrived : sequence, () => settle(pending))
    // It may have had effects on every root; their frames came before the answer.
    const shown = this.all.map(
      (root) => new Promise<void>((resolve) => root.whenShown(root.arrived, resolve)),
    )
    void Promise.all(shown).then(() => settle(pending))
  }
}
