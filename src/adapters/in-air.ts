import type { Delivery, QueueListener } from '../server/source.ts'

/** The deliveries of one session that are not settled yet. */
export class InAir<Message> {
  /** Resolves when one could not be settled, though the engine has it still. */
  readonly failed: Promise<unknown>
  private readonly under = new Map<Message, Promise<void>>()
  private waiting: (() => void)[] = []
  private fail: (error: unknown) => void = () => {}

  constructor(
    private readonly listener: QueueListener,
    private readonly prefetch: number,
  ) {
    this.failed = new Promise((resolve) => {
      this.fail = resolve
    })
  }

  /** How many more may be taken. */
  get room(): number {
    return Math.max(0, this.prefetch - this.under.size)
  }

  /** What the engine sent for those deliveries. */
  get messages(): readonly Message[] {
    return [...this.under.keys()]
  }

  deliver(message: Message, delivery: Delivery): void {
    const end = this.listener
      .deliver(delivery)
      .catch(this.fail)
      .then(() => {
        this.under.delete(message)
        this.wake()
      })
    this.under.set(message, end)
  }

  /** Resolves at the next settlement, at `wake`, or after that time. */
  changed(timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs)
      this.waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  async settled(): Promise<void> {
    await Promise.all(this.under.values())
  }
}
