import type { Delivery, QueueListener } from '../server/source.ts'

/** The deliveries that are not settled yet. */
export class InAir {
  private readonly under = new Map<Delivery, Promise<void>>()
  private waiting: (() => void)[] = []

  constructor(
    private readonly listener: QueueListener,
    private readonly prefetch: number,
  ) {}

  /** How many more may be taken. */
  get room(): number {
    return Math.max(0, this.prefetch - this.under.size)
  }

  deliver(delivery: Delivery): void {
    const end = this.listener.deliver(delivery).then(() => {
      this.under.delete(delivery)
      this.wake()
    })
    this.under.set(delivery, end)
  }

  /** Those of one kind, to keep them from being taken for lost. */
  ids(): string[] {
    return [...this.under.keys()].map(({ id }) => id)
  }

  /** Resolves at the next settlement, or `wake`. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  async settled(): Promise<void> {
    await Promise.all(this.under.values())
  }
}
