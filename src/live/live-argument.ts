import type { LiveArgument } from '../protocol/live-argument.ts'

/** The server's side of a live argument. */
export class ReceivedArgument<T = unknown> implements LiveArgument<T> {
  private version = 1
  private ended = false
  private readonly waiting: (() => void)[] = []

  constructor(private current: T) {}

  get value(): T {
    return this.current
  }

  set(value: T): void {
    this.current = value
    this.version++
    this.wake()
  }

  end(): void {
    this.ended = true
    this.wake()
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let taken = 0; !this.ended; ) {
      if (taken === this.version) {
        await new Promise<void>((resolve) => this.waiting.push(resolve))
        continue
      }
      taken = this.version
      yield this.current
    }
  }
}
