/** Does to many at once what came for each while the last ones were under way. */
export class Batch<Item> {
  private waiting: Item[] = []
  private next: Promise<void> | undefined
  private last: Promise<void> = Promise.resolve()

  constructor(private readonly run: (items: readonly Item[]) => Promise<void>) {}

  /** @returns a promise of the batch that the item is in. */
  add(item: Item): Promise<void> {
    this.waiting.push(item)
    this.next ??= this.last
      .catch(() => {})
      .then(() => {
        const items = this.waiting
        this.waiting = []
        this.next = undefined
        return this.run(items)
      })
    this.last = this.next
    return this.next
  }
}
