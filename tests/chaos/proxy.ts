import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { DelayLine } from '../../src/testing/delay-line.ts'
import type { Draw } from '../support/random.ts'

export interface ProxyOptions {
  /** The ports that connections are spread over, at random. */
  readonly targets: readonly number[]
  readonly draw: Draw
  /** A connection breaks after so many bytes on average, both ways together, wherever that is. Never by default. */
  readonly meanBytesToCut?: number
  /** Every piece of a connection is held back by up to so much. 0 by default. */
  readonly jitterMs?: number
}

const host = '127.0.0.1'

/** A TCP balancer without sticky sessions, and a network that fails. */
export class ChaosProxy {
  port = 0
  cuts = 0
  connections = 0
  private readonly links = new Set<Link>()
  private readonly server: Server

  constructor(private options: ProxyOptions) {
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket))
  }

  async listen(): Promise<number> {
    this.server.listen(0, host)
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
    return this.port
  }

  /** For connections from now on. */
  change(options: Partial<ProxyOptions>): void {
    this.options = { ...this.options, ...options }
  }

  /** From now on nothing breaks and nothing is held back. */
  calm(): void {
    this.change({ meanBytesToCut: Number.POSITIVE_INFINITY, jitterMs: 0 })
    for (const link of this.links) link.calm()
  }

  private accept(near: Socket): void {
    this.connections++
    const { targets, draw, meanBytesToCut = Number.POSITIVE_INFINITY, jitterMs = 0 } = this.options
    // As where each byte breaks the connection with the same probability.
    const bytesToCut = -Math.log(1 - draw.number()) * meanBytesToCut
    const far = connect({ host, port: draw.of(targets), noDelay: true })
    const link = new Link(near, far, bytesToCut, () => jitterMs * draw.number())
    link.onCut = () => void this.cuts++
    this.links.add(link)
    void link.closed.then(() => this.links.delete(link))
  }

  async close(): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const link of this.links) link.break()
    await stopped
  }
}

/** One connection through the proxy. */
class Link {
  readonly closed: Promise<unknown>
  onCut = (): void => {}
  private readonly lines = [new DelayLine(), new DelayLine()] as const

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private bytesLeft: number,
    private delayMs: () => number,
  ) {
    this.closed = Promise.all(
      [near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
    this.pass(near, far, this.lines[0])
    this.pass(far, near, this.lines[1])
  }

  private pass(from: Socket, to: Socket, line: DelayLine): void {
    from.on('data', (bytes: Buffer) => line.push(this.delayMs(), () => this.write(to, bytes)))
    // What was sent before the end still arrives.
    from.once('end', () => line.push(0, () => to.end()))
    from.once('error', () => this.break())
    from.once('close', () => line.push(0, () => this.break()))
  }

  private write(to: Socket, bytes: Buffer): void {
    if (bytes.length < this.bytesLeft) {
      this.bytesLeft -= bytes.length
      return void to.write(bytes)
    }
    this.onCut()
    // The last bytes get through, in the middle of a frame or of a header.
    to.write(bytes.subarray(0, Math.floor(this.bytesLeft)), () => this.break())
    this.bytesLeft = 0
  }

  calm(): void {
    this.bytesLeft = Number.POSITIVE_INFINITY
    this.delayMs = () => 0
  }

  break(): void {
    for (const line of this.lines) line.clear()
    this.near.destroy()
    this.far.destroy()
  }
}
