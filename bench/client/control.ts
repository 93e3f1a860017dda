import { WebSocket } from 'ws'
import type { Command, Measured } from '../control-messages.ts'

/** The measuring side's line to the server process. */
export class Control {
  private readonly waiting: ((answer: unknown) => void)[] = []

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.waiting.shift()?.(JSON.parse(String(data))))
  }

  static async open(port: number): Promise<Control> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/control`)
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return new Control(socket)
  }

  publish(n: number): void {
    this.post(['publish', n])
  }

  /** Resolves when all that the message caused would have been sent. */
  async publishAndSettle(n: number): Promise<void> {
    await this.ask(['publishAndSettle', n])
  }

  async start(withLoopDelay = false): Promise<void> {
    await this.ask(['start', withLoopDelay ? 1 : 0])
  }

  stop(): Promise<Measured> {
    return this.ask(['stop'])
  }

  /** Bytes on the server's heap after garbage collection. */
  heap(): Promise<number> {
    return this.ask(['heap'])
  }

  /** CPU microseconds of an update that is no more than what it leaves in memory, for one of so many owners. */
  floor(owners: number): Promise<number> {
    return this.ask(['floor', owners])
  }

  async startProfile(): Promise<void> {
    await this.ask(['startProfile'])
  }

  stopProfile(): Promise<string[]> {
    return this.ask(['stopProfile'])
  }

  private post(command: Command): void {
    this.socket.send(JSON.stringify(command))
  }

  private ask<T>(command: Command): Promise<T> {
    this.post(command)
    return new Promise((resolve) => this.waiting.push(resolve as (answer: unknown) => void))
  }
}
