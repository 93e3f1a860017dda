import { type BusListener, type BusSubscription, fromOldest } from '../server/bus.ts'
import type { Link } from './engine-bus.ts'
import { type FromPublisher, fromPublisher } from './publish-queue.ts'

/** A message as an engine carries it. */
export interface Carried {
  readonly topic: string
  readonly body: string
  /** Its number among all messages with history of this bus; null where the engine keeps none. */
  readonly number: number | null
}

/** A message that came, read. */
export type Arrived = Omit<Carried, 'body'> & FromPublisher

/** Publishers whose newest message is remembered, by topic. */
const mostPublishers = 1_000

/** One subscription to an {@link EngineBus}, over all the links that the bus has in its time. */
export class EngineSubscription implements BusSubscription {
  live = false
  readonly ready: Promise<void>
  private becomeReady: () => void = () => {}
  private ended = false
  private wasLive = false
  private history = false
  private epoch = ''
  /** The number of the newest message that was delivered, or a later one without any of the pattern before it. */
  private at: number | null = null
  /** When that was, in seconds; 0 where it is not known. The same for everybody who has the message. */
  private atTime = now()
  /** What comes before it is this subscription's turn: history comes first. */
  private waiting: Arrived[] | null = []
  private turn = 0
  /** The newest serial by publisher and topic: a message is sent again when its connection is lost. */
  private readonly serials = new Map<string, number>()

  constructor(
    readonly pattern: string,
    private readonly from: string | null,
    private readonly listener: BusListener,
    private readonly historyMs: number,
    private readonly leave: () => Promise<void>,
  ) {
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve
    })
  }

  get position(): string | null {
    if (!this.live || this.at === null) return null
    return this.positionAt(this.at)
  }

  /** On a new link. Rejects when the link is lost. */
  async begin(link: Link, listening: Promise<void>, history: (topic: string) => number): Promise<void> {
    const turn = ++this.turn
    this.waiting = []
    this.history = history(this.pattern) > 0
    await listening
    const { gap, missed, last } = await this.catchUp(link, history)
    if (turn !== this.turn || this.ended) return
    if (gap) this.listener.gap()
    this.epoch = link.epoch
    const waiting = [...missed, ...(this.waiting ?? [])]
    for (const each of waiting) this.pass(each)
    if (this.history && (this.at === null || last > this.at)) this.moveTo(last, now())
    this.waiting = null
    this.live = true
    this.wasLive = true
    this.becomeReady()
  }

  private async catchUp(link: Link, history: (topic: string) => number): Promise<Missed> {
    const first = !this.wasLive
    if (!this.history) return { gap: !first || this.from !== null, missed: [], last: 0 }
    const last = await link.last()
    if (first && this.from === null) return { gap: false, missed: [], last }
    const oldest = first && this.from === fromOldest
    const after = oldest ? 0 : this.numberOn(link)
    // Counts of another life of the engine say nothing.
    if (after === null || after > last) {
      this.at = null
      return { gap: true, missed: [], last }
    }
    if (first) this.at = after
    const { messages, incomplete = false } = await link.read(this.pattern, after)
    const found = messages.map(({ body, ...carried }) => ({ ...carried, ...fromPublisher(body) }))
    const { gap, missed } = inBounds(found, history)
    return { gap: !oldest && (gap || incomplete || !this.isRecent), missed, last }
  }

  /** Null where the position is not one of this engine. */
  private numberOn(link: Link): number | null {
    if (this.wasLive) return this.epoch === link.epoch ? this.at : null
    const [epoch, number = '', time = ''] = (this.from ?? '').split('.')
    const parsed = Number.parseInt(number, 36)
    if (epoch !== link.epoch || !Number.isSafeInteger(parsed)) return null
    this.atTime = Number.parseInt(time, 36) || 0
    return parsed
  }

  private get isRecent(): boolean {
    return this.atTime === 0 || (now() - this.atTime) * 1_000 < this.historyMs
  }

  /** A message of the pattern came, over the newest link. */
  take(message: Arrived): void {
    if (this.waiting === null) this.pass(message)
    else this.waiting.push(message)
  }

  private pass(message: Arrived): void {
    const { topic, text, number } = message
    if (this.ended) return
    if (this.history && number !== null) {
      if (this.at !== null && number <= this.at) return
      this.moveTo(number, message.at)
    }
    if (this.isRepeated(message)) return
    const position = this.history && number !== null ? this.positionAt(number) : null
    this.listener.message({ topic, text, position })
  }

  private positionAt(number: number): string {
    return [this.epoch, number.toString(36), this.atTime.toString(36)].join('.')
  }

  private moveTo(number: number, time: number): void {
    this.at = number
    this.atTime = time
  }

  private isRepeated({ topic, publisher, serial }: Arrived): boolean {
    if (publisher === '') return false
    const key = `${publisher} ${topic}`
    const newest = this.serials.get(key) ?? 0
    if (serial <= newest) return true
    this.serials.delete(key)
    this.serials.set(key, serial)
    if (this.serials.size > mostPublishers) this.serials.delete(this.serials.keys().next().value as string)
    return false
  }

  /** The link is gone; another one will begin. */
  lost(): void {
    this.turn++
    this.live = false
  }

  close(): void {
    this.ended = true
    this.live = false
    this.becomeReady()
  }

  async end(): Promise<void> {
    if (this.ended) return
    this.close()
    await this.leave()
  }
}

interface Missed {
  readonly gap: boolean
  readonly missed: readonly Arrived[]
  readonly last: number
}

/** Engines keep one message more than asked for: whoever finds as many may have missed others. */
function inBounds(
  found: readonly Arrived[],
  history: (topic: string) => number,
): Pick<Missed, 'gap' | 'missed'> {
  const counts = new Map<string, number>()
  for (const { topic } of found) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  const missed = found.filter(({ topic }) => {
    const left = counts.get(topic) as number
    counts.set(topic, left - 1)
    return left <= history(topic)
  })
  return { gap: missed.length < found.length, missed }
}

function now(): number {
  return Math.floor(Date.now() / 1_000)
}
