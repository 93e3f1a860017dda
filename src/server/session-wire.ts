import { encode } from '../protocol/codec.ts'
import type { Body, DownMessage, HelloBody } from '../protocol/messages.ts'
import { Outbox } from '../protocol/outbox.ts'
import { Receipts } from '../protocol/receipts.ts'
import type { PreparedMessage, Socket } from './transport.ts'

/** What the browser says it has, when it has a message that was sent. */
type SentTag = { readonly root: number; readonly sequence: number } | { readonly call: number } | null

/**
 * The messages of a session, both ways: what was sent and may not have arrived, and how many came. Sockets come and go
 * under it; without one, what is sent waits, up to its limit.
 */
export class SessionWire {
  /** Set by every message, but those of shared roots: they are not of the session's own trees. */
  active = true
  /** When the browser said something first since it was welcomed; until then it may not have heard that. */
  heardAt = Number.POSITIVE_INFINITY
  /** Names the count of messages, both ways. */
  series = 0
  private readonly outbox: Outbox<SentTag>
  private readonly receipts = new Receipts()
  /** What a new socket gets after the welcome, which may wait for the store; null once it was sent. */
  private held: (Body | PreparedMessage)[] | null = []
  private ended = false

  /** @param onAnswered hears of calls whose answers have arrived. */
  constructor(
    private socket: Socket | null,
    private readonly maxUnackedBytes: number,
    onAnswered: (call: number) => void,
  ) {
    this.outbox = new Outbox(maxUnackedBytes, (tag) => {
      if (tag !== null && 'call' in tag) onAnswered(tag.call)
    })
  }

  /**
   * What a socket has not taken; without one, there is no end to that when half of what can be kept is: what comes then
   * still fits, so nothing is dropped that the browser will ask for.
   */
  get bufferedBytes(): number {
    if (this.socket !== null && this.held === null) return this.socket.bufferedBytes
    return this.outbox.bytes < this.maxUnackedBytes / 2 ? 0 : Number.POSITIVE_INFINITY
  }

  /** How many of the browser's messages were handled. */
  get handled(): number {
    return this.receipts.count
  }

  /** Sends a message, now or when the browser is back. */
  send(message: DownMessage): void {
    const tag = message.type === 'frame' ? { root: message.root, sequence: message.sequence } : null
    this.sendEncoded(encode(message), tag)
  }

  /** Sends an answer, which tells the browser that its call came, as the message of that number, and all before it. */
  sendAnswer(call: number, position: number, answer: Body): void {
    this.receipts.tell(position)
    this.sendEncoded(answer, { call })
  }

  /** Sends what others get too. */
  sendPrepared(message: PreparedMessage): void {
    if (this.ended) return
    this.outbox.keep(message.sent)
    this.transmit(message)
  }

  private sendEncoded(data: Body, tag: SentTag): void {
    if (this.ended) return
    this.active = true
    this.outbox.add(data, tag)
    this.transmit(data)
  }

  /** To the browser, where it is there and was welcomed. */
  private transmit(data: Body | PreparedMessage): void {
    if (this.held !== null) return void this.held.push(data)
    const { socket } = this
    if (typeof data === 'string' || data instanceof Uint8Array) socket?.send(data)
    else if (socket?.sendPrepared === undefined) socket?.send(data.data)
    else socket.sendPrepared(data)
  }

  /** What was just sent waits for what follows in this turn, where the socket can. */
  hold(): void {
    this.socket?.hold?.()
  }

  /** A message of the browser is about to be handled. */
  received(bytes: number): void {
    this.active = true
    this.heard()
    this.receipts.add(bytes)
    if (this.receipts.due) this.sendReceipt()
  }

  private heard(): void {
    if (this.heardAt === Number.POSITIVE_INFINITY) this.heardAt = performance.now()
  }

  private sendReceipt(): void {
    const { count } = this.receipts
    this.receipts.tell(count)
    this.socket?.send(encode({ type: 'receipt', count }))
  }

  /** The browser has that many messages. */
  receipt(count: number): void {
    this.outbox.acknowledge(count)
  }

  /** The browser has every frame of a root up to that number, and so all that was sent before. */
  acknowledge(root: number, received: number): void {
    this.outbox.acknowledgeLast(
      (tag) => tag !== null && 'root' in tag && tag.root === root && tag.sequence <= received,
    )
  }

  /** The browser makes itself heard. */
  ping(): void {
    this.heard()
    if (this.receipts.untold) this.sendReceipt()
    this.socket?.send(encode({ type: 'pong' }))
  }

  /** True where all that the browser misses is there. */
  canResume({ received, series }: HelloBody): boolean {
    return received !== undefined && series === this.series && this.outbox.after(received) !== null
  }

  /** True while what is sent waits for the welcome. */
  get greeting(): boolean {
    return this.held !== null
  }

  /**
   * Takes another socket, and holds what is for it until {@link goOn}. False where not all of what the browser misses
   * is there.
   *
   * @param received how many messages of that series the browser has; undefined for a page that was loaded anew.
   */
  attach(socket: Socket, received: number | undefined, series: number | undefined): boolean {
    this.socket = socket
    this.heardAt = Number.POSITIVE_INFINITY
    const missing = received === undefined || series !== this.series ? null : this.outbox.after(received)
    this.held = missing === null ? [] : [...missing]
    if (missing !== null) this.outbox.acknowledge(received ?? 0)
    return missing !== null
  }

  /** The browser was welcomed: it gets what it misses, and then what is new. */
  goOn(): void {
    const { held } = this
    this.held = null
    for (const data of held ?? []) this.transmit(data)
  }

  detach(): void {
    this.socket = null
    this.heardAt = Number.POSITIVE_INFINITY
    this.held = null
  }

  /** What was on the way is lost: both sides count anew. */
  restart(): void {
    this.series++
    this.outbox.restart()
    this.receipts.restart()
  }

  /** Nothing is sent any more. */
  end(): void {
    this.ended = true
    this.socket = null
    this.outbox.restart()
  }
}
