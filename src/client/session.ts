import { LiverootError } from '../errors.ts'
import type { DownMessage, Message, UpMessage } from '../protocol/messages.ts'
import { newestRender } from '../protocol/newest-render.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import { captureArguments, encodeArguments, encodePlain, hasFiles } from './arguments.ts'
import { type PendingCall, PendingCalls, SendQueue, type StartedCall } from './calls.ts'
import { followsEdits, isEditing } from './calls-of-event.ts'
import { Connection, type ReconnectOptions } from './connection.ts'
import { errorFrom } from './errors.ts'
import { decodePayload, PayloadStream } from './flight.ts'
import { inTransition } from './in-transition.ts'
import { ItemStreams } from './item-streams.ts'
import { ClientRoot, type RootHost } from './root.ts'
import type { FunctionReference } from './server-function.ts'
import type { Connect } from './transport.ts'
import { currentProgress } from './upload-progress.ts'
import { Uploads } from './uploads.ts'

/** With nothing mounted for this long, the connection is closed. */
const idleMs = 5_000

/** This browser's live roots and calls, over one connection. */
export class ClientSession implements RootHost {
  readonly connection: Connection
  private readonly roots = new Map<number, ClientRoot>()
  /** Those that the server brings in, for the places that other roots have for them. */
  private readonly sharedRoots = new Map<number, ClientRoot>()
  private readonly calls = new PendingCalls()
  /** Payloads whose rest is still to come. */
  private readonly payloads = new Map<number, PayloadStream>()
  private readonly queue = new SendQueue()
  private readonly streams = new ItemStreams({
    pull: (stream, count) => this.send({ type: 'pull', stream, count }),
    cancel: (stream) => this.send({ type: 'cancel', stream }),
  })
  private readonly uploads: Uploads
  private lastRoot = 0
  private idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(connect: Connect, options: ReconnectOptions) {
    this.connection = new Connection(
      connect,
      {
        opened: () => this.opened(),
        message: (message) => this.receive(message),
        lost: () => this.lost(),
      },
      options,
    )
    this.uploads = new Uploads(this.connection)
  }

  /** Mounts the route of a path. It stays mounted while it is retained. */
  mount(path: string): ClientRoot {
    clearTimeout(this.idleTimer)
    const root = new ClientRoot(this, ++this.lastRoot, path)
    this.roots.set(root.id, root)
    if (this.isOpen) this.sendMount(root)
    else this.connection.open()
    return root
  }

  unmount(root: ClientRoot): void {
    this.roots.delete(root.id)
    this.send({ type: 'unmount', root: root.id })
    if (this.roots.size > 0) return
    clearTimeout(this.idleTimer)
    this.idleTimer = setTimeout(() => this.close(), idleMs)
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
    this.send({ type: 'acknowledge', root, received, shown })
  }

  /** Calls a function of a root, or, with null, one that a client module imports. */
  start(root: ClientRoot | null, { slot, path }: FunctionReference, args: readonly unknown[]): StartedCall {
    const captured = captureArguments(args)
    if (!this.isOpen) throw new LiverootError('connection_lost')
    const { call, answer } = this.calls.add(root)
    // An answered edit may still wait for the end of an action, behind which the next one must not fall back.
    const follows = followsEdits() || (root?.holds(slot) && isEditing())
    const seen = follows ? newestRender : (root?.seen(slot) ?? 0)
    const action = inTransition() ? { action: 1 } : {}
    const head = { type: 'call', call, root: root?.id ?? 0, seen, slot, ...action } as const
    const send = (encoded: string) => {
      this.send({ ...head, body: encoded === '[]' ? path : `${path}\n${encoded}` })
    }
    const plain = this.queue.busy ? null : encodePlain(captured)
    if (plain !== null) send(plain)
    else void this.sendEncoded(call, captured, send)
    return { answer, update: (argument, value) => this.sendArgument(call, argument, value) }
  }

  /**
   * Calls leave in the order in which they were made, though arguments may take time to encode. One with files takes its
   * turn when they have arrived: they may take minutes, in which the page goes on.
   */
  private async sendEncoded(call: number, args: unknown[], send: (encoded: string) => void): Promise<void> {
    const onProgress = currentProgress()
    const encoded = encodeArguments(args, (files) => this.uploads.sendAll(files, onProgress))
    encoded.catch((error: unknown) => this.calls.take(call)?.reject(error))
    if (hasFiles(args)) await encoded.catch(() => {})
    this.queue.add(async () => {
      const text = await encoded
      // The connection may have been lost meanwhile, and the call with it.
      if (this.calls.has(call)) send(text)
    })
  }

  private sendArgument(call: number, argument: number, value: unknown): void {
    const [captured] = captureArguments([value])
    const encoded = encodeArguments([captured], (files) => this.uploads.sendAll(files))
    encoded.catch(() => {})
    this.queue.add(async () => this.send({ type: 'argument', call, argument, body: await encoded }))
  }

  private send(message: UpMessage): void {
    if (this.isOpen) this.connection.send(message)
  }

  close(): void {
    clearTimeout(this.idleTimer)
    this.connection.close()
    this.lost()
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

  private get isOpen(): boolean {
    return this.connection.status.state === 'open'
  }

  private opened(): void {
    for (const root of this.roots.values()) this.sendMount(root)
  }

  private sendMount(root: ClientRoot): void {
    this.connection.send({ type: 'mount', root: root.id, body: root.path })
  }

  private lost(): void {
    this.calls.rejectAll()
    const error = new LiverootError('connection_lost')
    for (const payload of this.payloads.values()) payload.fail(error)
    this.payloads.clear()
    this.streams.lost()
    this.uploads.lost()
    for (const id of [...this.sharedRoots.keys()]) this.leaveShared(id)
    for (const root of this.roots.values()) root.restart()
  }

  private receive(message: DownMessage): void {
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
        return this.find(message.root)?.fail(errorFrom(message.body))
      case 'result':
        return this.answer(message)
      case 'callError':
        return this.settleCall(message.call, message.sequence, (call) => call.reject(errorFrom(message.body)))
    }
  }

  private receiveFrame({ root, sequence, action, stream, body }: Message<'frame'>): void {
    this.find(root)?.receive(sequence, this.open(stream, body), action === 1)
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
    if (pending.root !== null) return pending.root.whenShown(sequence, () => settle(pending))
    // It may have had effects on every root; their frames came before the answer.
    const shown = this.all.map(
      (root) => new Promise<void>((resolve) => root.whenShown(root.arrived, resolve)),
    )
    void Promise.all(shown).then(() => settle(pending))
  }
}
