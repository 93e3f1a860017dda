import type { Bus, BusSubscription } from './bus.ts'

/** Characters in one message of the bus: engines refuse large ones. */
const pieceLength = 200_000
/** Longer texts are dropped where they arrive. */
const longestText = 64_000_000

/** How a message begins that is a piece: the first, one in the middle, the last. */
type PieceMark = '*' | '+' | '.'

export interface ChannelListener {
  text(text: string): void
  /** Something may be missing. */
  gap(): void
}

/** A topic of the bus for texts of any length: long ones travel in pieces. */
export class SharedChannel {
  private readonly subscription: BusSubscription
  /** What came of a text that is on its way, by sender. */
  private readonly pieces = new Map<string, string>()

  constructor(
    private readonly bus: Bus,
    private readonly topic: string,
    private readonly server: string,
    private readonly listener: ChannelListener,
  ) {
    this.subscription = bus.subscribe(topic, null, {
      message: ({ text }) => this.receive(text),
      gap: () => {
        this.pieces.clear()
        listener.gap()
      },
    })
  }

  get live(): boolean {
    return this.subscription.live
  }

  get ready(): Promise<void> {
    return this.subscription.ready
  }

  async send(text: string): Promise<void> {
    if (text.length <= pieceLength) return this.bus.publish(this.topic, text)
    const sent: Promise<void>[] = []
    for (let start = 0; start < text.length; ) {
      let end = Math.min(start + pieceLength, text.length)
      // Engines carry no halves of characters.
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--
      const mark: PieceMark = start === 0 ? '*' : end < text.length ? '+' : '.'
      sent.push(this.bus.publish(this.topic, `${mark}${this.server}\n${text.slice(start, end)}`))
      start = end
    }
    await Promise.all(sent)
  }

  private receive(text: string): void {
    const mark = text[0]
    if (mark === '{') return this.listener.text(text)
    const end = text.indexOf('\n')
    const from = text.slice(1, end)
    const piece = text.slice(end + 1)
    const before = mark === '*' ? '' : this.pieces.get(from)
    // Its beginning was lost: who needs it asks again.
    if (before === undefined || before.length + piece.length > longestText)
      return void this.pieces.delete(from)
    if (mark !== '.') return void this.pieces.set(from, before + piece)
    this.pieces.delete(from)
    this.listener.text(before + piece)
  }

  close(): void {
    void this.subscription.end()
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}
