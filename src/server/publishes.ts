import type { Publish } from '../live/hooks.ts'

/** The publishes of one trigger: its answer waits until the bus has them all. */
export class Publishes {
  private readonly under = new Set<Promise<void>>()

  constructor(private readonly to: Publish) {}

  readonly publish: Publish = (topic, data) => {
    const one = this.to(topic, data)
    this.under.add(one)
    // A handler need not await it: `done` tells of its failure.
    one.catch(() => {})
    return one
  }

  /** Resolves when all are taken; rejects with the first failure. */
  async done(): Promise<void> {
    for (const one of this.under) await one
  }
}
