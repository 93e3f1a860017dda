import type { Body } from '../protocol/messages.ts'
import type { Socket } from './transport.ts'

/** How long the messages of one connection may keep the others waiting, in milliseconds; the last one may go over it. */
const turnMs = 5

/**
 * Hands on the messages of one connection, in order. A network library gives all that it has read at once: thousands of
 * messages would stop everybody else. Those that take long therefore go on in the next turn of the event loop, and
 * meanwhile no more is read.
 */
export class Inbox {
  private readonly waiting: Body[] = []
  private paused = false
  private spentMs = 0
  private idleSince = 0

  constructor(
    private readonly socket: Socket,
    private readonly handle: (data: Body) => void,
  ) {}

  receive(data: Body): void {
    if (this.paused) return void this.waiting.push(data)
    // What passed since the last message was the others' time.
    this.spentMs = Math.max(0, this.spentMs - (performance.now() - this.idleSince))
    this.handOn(data)
    if (this.spentMs <= turnMs) return
    this.paused = true
    this.socket.pause?.()
    // The first one still belongs to this turn.
    setImmediate(() => setImmediate(() => this.goOn()))
  }

  private handOn(data: Body): void {
    const start = performance.now()
    this.handle(data)
    this.idleSince = performance.now()
    this.spentMs += this.idleSince - start
  }

  private goOn(): void {
    this.spentMs = 0
    for (let data = this.waiting.shift(); data !== undefined; data = this.waiting.shift()) {
      this.handOn(data)
      if (this.spentMs > turnMs) return void setImmediate(() => this.goOn())
    }
    this.paused = false
    this.socket.resume?.()
  }

  /** The connection is over. */
  clear(): void {
    this.waiting.length = 0
  }
}
