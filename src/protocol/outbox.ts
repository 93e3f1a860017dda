import type { Body } from './messages.ts'

/** A message as it is kept until it has arrived. */
export interface Sent<T> {
  readonly data: Body
  readonly bytes: number
  readonly tag: T
}

/** What a message takes beside its text: a bound in bytes shall bound the number of empty ones too. */
const overheadBytes = 64

/** What is kept of a message; the same for all who are sent it. */
export function sentOf<T>(data: Body, tag: T): Sent<T> {
  return { data, bytes: data.length + overheadBytes, tag }
}

/**
 * What one side of a session sent and the other is not known to have. Messages are counted from 1, without a word on the
 * wire: after a lost connection each side says how many it has, and the other sends the rest again.
 */
export class Outbox<T> {
  /** How many messages there were so far. */
  sent = 0
  /** What is kept takes so much. */
  bytes = 0
  private kept: (Sent<T> | undefined)[] = []
  /** Where the oldest of them stands: shifting an array for each would cost more than the rest. */
  private head = 0

  /**
   * @param maxBytes past which the oldest are dropped: a side that misses one of those cannot be sent exactly the rest.
   * @param onArrived called with what is known to have arrived, oldest first.
   */
  constructor(
    private readonly maxBytes: number,
    private readonly onArrived: (tag: T) => void = () => {},
  ) {}

  add(data: Body, tag: T): void {
    this.keep(sentOf(data, tag))
  }

  keep(sent: Sent<T>): void {
    this.sent++
    this.kept.push(sent)
    this.bytes += sent.bytes
    while (this.bytes > this.maxBytes) this.shift()
  }

  /** The other side has that many. */
  acknowledge(count: number): void {
    const first = this.sent - this.size + 1
    for (let left = Math.min(count, this.sent) - first + 1; left > 0; left--) this.onArrived(this.shift())
  }

  /** The other side has one of these, and so all before it. */
  acknowledgeLast(isOne: (tag: T) => boolean): void {
    for (let at = this.kept.length - 1; at >= this.head; at--) {
      if (isOne((this.kept[at] as Sent<T>).tag))
        return this.acknowledge(this.sent - (this.kept.length - 1 - at))
    }
  }

  /** What comes after the first `count`, or null where some of that is not kept any more, or never was sent. */
  after(count: number): readonly Body[] | null {
    const missing = this.sent - count
    if (missing < 0 || missing > this.size) return null
    return (this.kept.slice(this.kept.length - missing) as Sent<T>[]).map(({ data }) => data)
  }

  /** Oldest first. */
  get tags(): readonly T[] {
    return (this.kept.slice(this.head) as Sent<T>[]).map(({ tag }) => tag)
  }

  private get size(): number {
    return this.kept.length - this.head
  }

  private shift(): T {
    const { tag, bytes } = this.kept[this.head] as Sent<T>
    this.bytes -= bytes
    this.kept[this.head++] = undefined
    if (this.head * 2 >= this.kept.length) {
      this.kept = this.kept.slice(this.head)
      this.head = 0
    }
    return tag
  }

  /** Counts from 1 again, with nothing sent. */
  restart(): void {
    this.sent = 0
    this.bytes = 0
    this.kept = []
    this.head = 0
  }
}
