import { LiverootError } from '../errors.ts'
import type { LiveServices } from '../live/services.ts'
import type { LiveTree } from '../live/tree.ts'
import { encode } from '../protocol/codec.ts'
import type { DownMessage, ErrorBody, Message } from '../protocol/messages.ts'
import { longestMountPath } from '../protocol/mount-path.ts'
import { Calls } from './calls.ts'
import { describeError, type OnError, refusalOf } from './errors-out.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'
import { readOpening } from './flight/encode.ts'
import type { LiveLimits } from './limits.ts'
import { Root } from './root.ts'
import type { Routes } from './routes.ts'
import type { Socket } from './transport.ts'

/** What every session uses of its server. */
export interface SessionHost extends LiveServices {
  readonly routes: Routes
  readonly limits: Readonly<LiveLimits>
  readonly onError: OnError
  /** Where the browser finds client modules. */
  modules(): ClientModuleMap
}

/** A browser's live roots and calls. */
export class Session {
  private readonly roots = new Map<number, Root>()
  private readonly calls = new Calls(this)
  private readonly readers = new Set<ReadableStreamDefaultReader<Uint8Array>>()
  private lastStream = 0
  private closed = false

  constructor(
    readonly host: SessionHost,
    private readonly socket: Socket,
  ) {}

  root(id: number): Root | undefined {
    return this.roots.get(id)
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
    if (error instanceof LiverootError) this.sendRootError(id, refusalOf(error.code, error.message))
    else this.sendRootError(id, describeError(error, 'root_failed', this.host.onError))
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

  acknowledge({ root, received, shown }: Message<'acknowledge'>): void {
    this.roots.get(root)?.acknowledge(received, shown)
  }

  /** True when a frame for this tree may be made now. */
  hasRoomFor(tree: LiveTree): boolean {
    const { maxUnackedFrames, maxBufferedBytes } = this.host.limits
    return tree.unacknowledged < maxUnackedFrames && this.socket.bufferedBytes <= maxBufferedBytes
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

  private sendRootError(root: number, body: ErrorBody): void {
    this.send({ type: 'rootError', root, body: JSON.stringify(body) })
  }

  /** Unmounts everything. */
  close(): void {
    if (this.closed) return
    this.closed = true
    for (const root of this.roots.values()) root.close()
    this.roots.clear()
    for (const reader of this.readers) reader.cancel().catch(() => {})
    this.readers.clear()
  }
}
