import { randomUUID } from 'node:crypto'
import { type ErrorCode, LiverootError } from '../errors.ts'
import type { LiveServices } from '../live/services.ts'
import type { LiveTree } from '../live/tree.ts'
import { encode } from '../protocol/codec.ts'
import type { DownMessage, ErrorBody, Message } from '../protocol/messages.ts'
import { longestMountPath } from '../protocol/mount-path.ts'
import type { ArgumentHost } from './arguments.ts'
import type { Authenticator, KnownUser } from './authenticator.ts'
import { targetOfMark } from './call-target.ts'
import { Calls } from './calls.ts'
import { diagnostics, type FrameHeldBack } from './diagnostics.ts'
import { describeError, type OnError, refusalOf } from './errors-out.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'
import { encodeValue, readOpening, readWhole } from './flight/encode.ts'
import { ItemStreams } from './item-streams.ts'
import type { LiveLimits } from './limits.ts'
import { Root } from './root.ts'
import type { Routes } from './routes.ts'
import { SessionInfo } from './session-info.ts'
import type { Handshake, Socket } from './transport.ts'
import { Uploads } from './uploads.ts'

/** What every session uses of its server. */
export interface SessionHost extends LiveServices {
  readonly routes: Routes
  readonly limits: Readonly<LiveLimits>
  readonly onError: OnError
  readonly authenticator: Authenticator
  /** Counts what was refused to browsers. */
  refused(code: ErrorCode): void
  /** Where the browser finds client modules. */
  modules(): ClientModuleMap
}

/** A browser's live roots and calls. */
export class Session {
  /** What diagnostics say of it. */
  readonly identity: { readonly session: string; readonly handshake: Handshake }
  /** What the application sees of it. */
  readonly info: SessionInfo
  private readonly openedAt = performance.now()
  private readonly roots = new Map<number, Root>()
  private readonly calls: Calls
  readonly streams: ItemStreams
  readonly uploads: Uploads
  private readonly readers = new Set<ReadableStreamDefaultReader<Uint8Array>>()
  private lastStream = 0
  private closed = false

  constructor(
    readonly host: SessionHost,
    private readonly socket: Socket,
    handshake: Handshake,
    { user }: KnownUser,
  ) {
    this.identity = { session: randomUUID(), handshake }
    this.info = new SessionInfo(this.identity.session, user)
    if (diagnostics.sessionOpened.hasSubscribers) diagnostics.sessionOpened.publish(this.identity)
    const { limits, onError } = host
    this.uploads = new Uploads({
      limits,
      onError,
      refused: (code) => host.refused(code),
      send: (message) => this.send(message),
    })
    this.calls = new Calls(this, this.argumentHost())
    this.streams = new ItemStreams({
      maxStreams: host.limits.maxStreams,
      sendItem: (stream, value) => this.sendItem(stream, value),
      sendDone: (stream, error) => this.sendDone(stream, error),
    })
  }

  root(id: number): Root | undefined {
    return this.roots.get(id)
  }

  get liveRoots(): readonly Root[] {
    return [...this.roots.values()]
  }

  private argumentHost(): ArgumentHost {
    return {
      maxArgumentDepth: this.host.limits.maxArgumentDepth,
      file: (call, mark) => this.uploads.take(call, mark),
      functionOf: (mark) => targetOfMark(this, mark).call,
    }
  }

  mount({ root: id, body }: Message<'mount'>): void {
    try {
      const root = this.makeRoot(id, String(body))
      this.roots.set(id, root)
      root.mount()
    } catch (error) {
      this.refuseRoot(id, error)
    }
  }

  private makeRoot(id: number, path: string): Root {
    if (this.roots.size >= this.host.limits.maxRootsPerSession) throw new LiverootError('too_many_roots')
    if (path.length > longestMountPath)
      throw new LiverootError('bad_params', 'The path of the root is too long.')
    return new Root(this, id, this.host.routes.match(path))
  }

  private refuseRoot(id: number, error: unknown): void {
    if (error instanceof LiverootError) {
      this.host.refused(error.code)
      this.sendRootError(id, refusalOf(error.code, error.message))
    } else this.sendRootError(id, describeError(error, 'root_failed', this.host.onError))
  }

  unmount({ root: id }: Message<'unmount'>): void {
    const root = this.roots.get(id)
    this.roots.delete(id)
    root?.close()
  }

  /** The tree is gone; the browser shows the error at the boundary around its `LiveRoot`. */
  failRoot(root: Root, body: ErrorBody): void {
    if (this.roots.get(root.id) === root) this.roots.delete(root.id)
    root.close()
    this.sendRootError(root.id, body)
  }

  call(message: Message<'call'>): void {
    this.calls.receive(message)
  }

  argument(message: Message<'argument'>): void {
    this.calls.receiveArgument(message)
  }

  acknowledge({ root, received, shown }: Message<'acknowledge'>): void {
    this.roots.get(root)?.acknowledge(received, shown)
  }

  /** Why no frame for this tree may be made now; null where one may. */
  holdsBack(tree: LiveTree): FrameHeldBack['reason'] | null {
    const { maxUnackedFrames, maxBufferedBytes } = this.host.limits
    if (tree.unacknowledged >= maxUnackedFrames) return 'unacknowledged_frames'
    return this.socket.bufferedBytes > maxBufferedBytes ? 'buffered_bytes' : null
  }

  /** The network took what was buffered. */
  drained(): void {
    for (const root of this.roots.values()) root.wake()
  }

  send(message: DownMessage): void {
    if (!this.closed) this.socket.send(encode(message))
  }

  /**
   * Sends a payload of React's writer: what it has now in the message that `open` makes, and the rest, where promises
   * are still pending, as chunks of a numbered stream.
   */
  async sendStream(
    payload: ReadableStream<Uint8Array>,
    open: (body: Uint8Array, stream: number | undefined) => DownMessage,
  ): Promise<void> {
    const { bytes, rest } = await readOpening(payload)
    if (rest === null) return this.send(open(bytes, undefined))
    const stream = ++this.lastStream
    this.send(open(bytes, stream))
    void this.sendRest(stream, rest)
  }

  private async sendRest(stream: number, rest: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    if (this.closed) return void rest.cancel()
    this.readers.add(rest)
    try {
      for (let result = await rest.read(); !result.done; result = await rest.read()) {
        this.send({ type: 'chunk', stream, body: result.value })
      }
    } catch (error) {
      describeError(error, 'result_not_serializable', this.host.onError)
    } finally {
      this.readers.delete(rest)
      this.send({ type: 'end', stream })
    }
  }

  /** A value of a stream, whole: what is pending in it is waited for. */
  private async sendItem(stream: number, value: unknown): Promise<void> {
    const { host } = this
    const payload = encodeValue(value, host.modules(), (error) => {
      return describeError(error, 'result_not_serializable', host.onError).digest
    })
    this.send({ type: 'item', stream, body: await readWhole(payload) })
  }

  private sendDone(stream: number, failure: { readonly error: unknown } | undefined): void {
    if (failure === undefined) return this.send({ type: 'done', stream })
    const body = describeError(failure.error, 'handler_failed', this.host.onError)
    this.send({ type: 'done', stream, body: JSON.stringify(body) })
  }

  private sendRootError(root: number, body: ErrorBody): void {
    this.send({ type: 'rootError', root, body: JSON.stringify(body) })
  }

  /** Unmounts everything. */
  close(): void {
    if (this.closed) return
    this.closed = true
    this.calls.close()
    this.streams.close()
    this.uploads.close()
    for (const root of this.roots.values()) root.close()
    this.roots.clear()
    for (const reader of this.readers) reader.cancel().catch(() => {})
    this.readers.clear()
    if (!diagnostics.sessionEnded.hasSubscribers) return
    diagnostics.sessionEnded.publish({ ...this.identity, durationMs: performance.now() - this.openedAt })
  }
}
