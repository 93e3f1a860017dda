import { encode } from '../protocol/codec.ts'
import { type Body, isCounted, type Message, type UpMessage } from '../protocol/messages.ts'
import { Outbox } from '../protocol/outbox.ts'
import { Receipts } from '../protocol/receipts.ts'
import type { Connection } from './connection.ts'

/** The counted messages of a session, both ways, and what of them each side is known to have. */
export class Outgoing {
  /** By the number of the call that a message makes, or null. What may wait is bounded where it is made. */
  private readonly outbox = new Outbox<number | null>(Number.POSITIVE_INFINITY)
  private readonly receipts = new Receipts()
  /** What the server takes: it ends the session of a browser that sends more. */
  maxMessageBytes = Number.POSITIVE_INFINITY
  /** The newest frame that came, by root, and as which message. */
  private readonly frames = new Map<number, { readonly sequence: number; readonly count: number }>()

  constructor(private readonly connection: Connection) {}

  /** How many messages came. */
  get received(): number {
    return this.receipts.count
  }

  /** Sends a message, now or when the connection is back. False where the server does not take one of that size. */
  send(message: UpMessage): boolean {
    const data = encode(message)
    if (!fits(data, this.maxMessageBytes)) return false
    this.outbox.add(data, message.type === 'call' ? message.call : null)
    if (this.connection.isOpen) this.connection.sendEncoded(data)
    return true
  }

  /** A message came. */
  receive(message: Message, bytes: number): void {
    if (message.type === 'receipt') return this.outbox.acknowledge(message.count)
    if (!isCounted(message.type)) return
    this.receipts.add(bytes)
    if (message.type === 'frame') {
      this.frames.set(message.root, { sequence: message.sequence, count: this.receipts.count })
    }
    if (this.receipts.due) this.sendReceipt()
  }

  /** Tells what came, where that is not known. */
  tell(): void {
    if (this.receipts.untold) this.sendReceipt()
  }

  private sendReceipt(): void {
    const { count } = this.receipts
    this.receipts.tell(count)
    this.connection.send({ type: 'receipt', count })
  }

  acknowledge(root: number, received: number, shown: number): void {
    // Where it is lost with the connection, it is sent again with the next.
    if (!this.connection.isOpen) return
    const newest = this.frames.get(root)
    if (newest !== undefined && newest.sequence === received) this.receipts.tell(newest.count)
    this.connection.send({ type: 'acknowledge', root, received, shown })
  }

  /** A call was answered: the server has its message, and all before it. */
  answered(call: number): void {
    this.outbox.acknowledgeLast((tag) => tag === call)
  }

  /** The session goes on, and has handled that many: sends exactly the rest. */
  resume(handled: number): void {
    const rest = this.outbox.after(handled) ?? []
    this.outbox.acknowledge(handled)
    for (const data of rest) this.connection.sendEncoded(data)
  }

  /** Both sides count anew. */
  restart(): void {
    this.outbox.restart()
    this.receipts.restart()
    this.frames.clear()
  }
}

/** Whether a message is not larger than that. A character of a text takes up to three bytes. */
function fits(data: Body, maxBytes: number): boolean {
  if (typeof data !== 'string' || data.length * 3 <= maxBytes || data.length > maxBytes)
    return data.length <= maxBytes
  return new TextEncoder().encode(data).length <= maxBytes
}
