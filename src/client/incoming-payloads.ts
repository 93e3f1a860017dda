import type { Body } from '../protocol/messages.ts'
import { PayloadStream } from './flight.ts'

/** The payloads of a session whose rest is still to come. */
export class IncomingPayloads {
  private readonly unfinished = new Map<number, PayloadStream>()

  /** The payload of a message; with a stream, more of it is to come. */
  open(stream: number | undefined, body: Body): PayloadStream {
    const payload = new PayloadStream()
    payload.push(body)
    if (stream === undefined) payload.end()
    else this.unfinished.set(stream, payload)
    return payload
  }

  more(stream: number, body: Body): void {
    this.unfinished.get(stream)?.push(body)
  }

  end(stream: number): void {
    this.unfinished.get(stream)?.end()
    this.unfinished.delete(stream)
  }

  /** Nothing more comes. */
  lost(error: unknown): void {
    for (const payload of this.unfinished.values()) payload.fail(error)
    this.unfinished.clear()
  }
}
