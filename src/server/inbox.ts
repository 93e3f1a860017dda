import type { Body } from '../protocol/messages.ts'
import { InboxLane, type InLane, turnMs } from './inbox-lane.ts'
import type { Socket } from './transport.ts'

const lane = new InboxLane()

/**
 * Hands on the messages of one connection, in order. A network library gives all that it has read at once: thousands of
 * messages would stop everybody else. Those that take long therefore wait in a lane, and meanwhile no more is read.
 */
export class Inbox implements InLane {
  private readonly waiting: Body[] = []
  private inLane = false
  /** What its messages took, less the time that was the others'. */
  private spentMs = 0
  private idleSince = 0

  constructor(
    private readonly socket: Socket,
    private readonly handle: (data: Body) => void,
  ) {}

  get heavy(): boolean {
    return this.spentMs > turnMs
  }

  receive(data: Body): void {
    if (this.inLane) return void this.waiting.push(data)
    // What passed since the last message was the others' time.
    this.spentMs = Math.max(0, this.spentMs - (performance.now() - this.idleSince))
    if (this.heavy || !lane.open) {
      this.waiting.push(data)
      return this.enter()
    }
    lane.spend(this.handOn(data))
    if (this.heavy) this.enter()
  }

  private handOn(data: Body): number {
    const start = performance.now()
    this.handle(data)
    this.idleSince = performance.now()
    const took = this.idleSince - start
    this.spentMs += took
    return took
  }

  private enter(): void {
    this.inLane = true
    this.socket.pause?.()
    lane.add(this)
  }

  step(): boolean {
    const data = this.waiting.shift()
    if (data !== undefined) this.handOn(data)
    else {
      this.inLane = false
      this.socket.resume?.()
    }
    return data !== undefined
  }

  /** The connection is over. */
  clear(): void {
    this.waiting.length = 0
  }
}
