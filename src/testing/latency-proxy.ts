import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { DelayLine, type LatencyOptions, oneWayMs } from './delay-line.ts'

/** What a {@link LatencyProxy} does to the bytes that pass. */
export interface LinkOptions extends LatencyOptions {
  /** Bytes that pass in a second, for each connection and each way. Without a limit by default. */
  readonly bytesPerSecond?: number
}

/** What {@link startLatencyProxy} takes. */
export interface LatencyProxyOptions extends LinkOptions {
  /** The server that connections are passed on to; its `host` is `127.0.0.1` by default. */
  readonly target: { readonly port: number; readonly host?: string }
  /** Where to listen, on loopback. 0, the default, takes a free port. */
  readonly port?: number
  /** Bytes held back for each connection and way; past that the sender is not read from. 1,048,576 by default. */
  readonly maxHeldBytes?: number
}

/** A running proxy: a slow network between a client and a server. */
export interface LatencyProxy {
  readonly port: number
  /** The proxy's address, as `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Connections that are open. */
  readonly connections: number
  /** Sets some of the link's options anew, for bytes that come from now on. */
  change(options: LinkOptions): void
  /** Nothing passes any more, either way, and no connection breaks: the network hangs. */
  pause(): void
  /** What was held back since {@link pause} passes. */
  resume(): void
  /** Breaks every connection for both of its sides. New ones are accepted as before. */
  drop(): void
  /** Breaks every connection and stops listening. Resolves when nothing is left. */
  close(): Promise<void>
}

const host = '127.0.0.1'

/**
 * Puts latency, jitter and a bound on throughput between a client and a server in tests. It passes on the bytes of TCP
 * connections, so that HTTP and WebSocket go through alike. Only bytes are held back: opening a connection to the proxy
 * takes no time.
 *
 * @returns the proxy, once it listens.
 * @throws the error of the network where it cannot listen, such as `EADDRINUSE`.
 */
export async function startLatencyProxy(options: LatencyProxyOptions): Promise<LatencyProxy> {
  const proxy = new TcpProxy(options)
  await proxy.listen(options.port ?? 0)
  return proxy
}

class TcpProxy implements LatencyProxy {
  port = 0
  private readonly links = new Set<Link>()
  private readonly server: Server
  private settings: LatencyProxyOptions
  private paused = false

  constructor(options: LatencyProxyOptions) {
    this.settings = options
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket))
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port, host)
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://${host}:${this.port}`
  }

  get connections(): number {
    return this.links.size
  }

  change(options: LinkOptions): void {
    this.settings = { ...this.settings, ...options }
  }

  pause(): void {
    this.paused = true
    for (const link of this.links) link.pause()
  }

  resume(): void {
    this.paused = false
    for (const link of this.links) link.resume()
  }

  drop(): void {
    for (const link of this.links) link.break()
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.drop()
    await Promise.all([stopped, ...[...this.links].map(({ closed }) => closed)])
  }

  private accept(near: Socket): void {
    const { target } = this.settings
    const far = connect({ host, ...target, allowHalfOpen: true, noDelay: true })
    const link = new Link(near, far, () => this.settings)
    this.links.add(link)
    if (this.paused) link.pause()
    void link.closed.then(() => this.links.delete(link))
  }
}

/** One connection through the proxy. */
class Link {
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<unknown>
  private readonly ways: readonly [Way, Way]

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    settings: () => LatencyProxyOptions,
  ) {
    this.ways = [new Way(near, far, settings), new Way(far, near, settings)]
    this.closed = Promise.all([near, far].map((socket) => this.watch(socket)))
  }

  /** An end that broke off takes the other with it. One whose both ways have ended in good order does not. */
  private watch(socket: Socket): Promise<void> {
    // `close` follows.
    socket.on('error', () => {})
    return new Promise((resolve) => {
      socket.once('close', () => {
        if (!this.ways.every(({ ended }) => ended)) this.break()
        resolve()
      })
    })
  }

  pause(): void {
    for (const way of this.ways) way.pause()
  }

  resume(): void {
    for (const way of this.ways) way.resume()
  }

  break(): void {
    for (const way of this.ways) way.clear()
    this.near.destroy()
    this.far.destroy()
  }
}

/** What one end of a connection sends to the other. */
class Way {
  /** True once the sender has said that it is done. */
  ended = false
  private readonly line = new DelayLine()
  private heldBytes = 0
  /** When the bytes before will have passed, where throughput is bounded. */
  private freeAt = 0

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly settings: () => LatencyProxyOptions,
  ) {
    from.on('data', (bytes: Buffer) => this.take(bytes))
    from.once('end', () => this.end())
  }

  pause(): void {
    this.line.pause()
  }

  resume(): void {
    this.line.resume()
  }

  clear(): void {
    this.line.clear()
  }

  private take(bytes: Buffer): void {
    this.heldBytes += bytes.length
    for (const piece of this.pieces(bytes)) {
      this.line.push(this.passingMs(piece) + oneWayMs(this.settings()), () => {
        this.to.write(piece, () => this.passed(piece.length))
      })
    }
    if (this.heldBytes > this.maxHeldBytes) this.from.pause()
  }

  private passed(bytes: number): void {
    this.heldBytes -= bytes
    if (this.heldBytes <= this.maxHeldBytes) this.from.resume()
  }

  private end(): void {
    this.ended = true
    this.line.push(oneWayMs(this.settings()), () => this.to.end())
  }

  private get maxHeldBytes(): number {
    return this.settings().maxHeldBytes ?? 1_048_576
  }

  /** On a narrow link, bytes trickle: what is read in one go arrives bit by bit. */
  private pieces(bytes: Buffer): Buffer[] {
    const { bytesPerSecond } = this.settings()
    if (bytesPerSecond === undefined) return [bytes]
    const size = Math.max(1, Math.ceil((bytesPerSecond * trickleMs) / 1000))
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
    return pieces
  }

  /** How long it takes until a piece has left, after those before it. */
  private passingMs(piece: Buffer): number {
    const { bytesPerSecond } = this.settings()
    if (bytesPerSecond === undefined) return 0
    const now = performance.now()
    this.freeAt = Math.max(now, this.freeAt) + (piece.length / bytesPerSecond) * 1000
    return this.freeAt - now
  }
}

const trickleMs = 20
