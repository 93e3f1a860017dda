import { createFromReadableStream } from 'react-server-dom-webpack/client.browser'
import type { Body } from '../protocol/messages.ts'
import { EndlessReferences } from './endless-references.ts'
import { undecodable } from './errors.ts'
import { FlightRows } from './flight-rows.ts'

const encoder = new TextEncoder()

/** A Flight payload whose rest comes later, in chunks. */
export class PayloadStream {
  readonly readable: ReadableStream<Uint8Array>
  /** Not there any more once the payload has ended, in whatever way. */
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined
  private readonly rows = new FlightRows()
  private readonly endless = new EndlessReferences()

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.controller = controller
      },
    })
  }

  /** Fails the payload where React's reader would not come to an end with this chunk. */
  push(chunk: Body): void {
    if (this.controller === undefined) return
    const bytes = bytesOf(chunk)
    try {
      this.rows.read(bytes, (row) => this.endless.add(row))
    } catch (error) {
      return this.fail(undecodable(error))
    }
    this.controller.enqueue(bytes)
  }

  end(): void {
    this.controller?.close()
    this.controller = undefined
  }

  /** What is still pending in the payload is rejected with this error. */
  fail(error: unknown): void {
    this.controller?.error(error)
    this.controller = undefined
  }
}

/**
 * Decodes a payload by React's own reader. Rejects as {@link undecodable} says, or with what {@link PayloadStream.fail}
 * was given.
 */
export function decodePayload<T>(payload: PayloadStream): Promise<T> {
  const decoded = Promise.resolve(createFromReadableStream<T>(payload.readable)).catch((error: unknown) => {
    throw undecodable(error)
  })
  // Whoever wants it may come later.
  decoded.catch(() => {})
  return decoded
}

/** A payload that is complete. */
export function wholePayload(body: Body): PayloadStream {
  const payload = new PayloadStream()
  payload.push(body)
  payload.end()
  return payload
}

function bytesOf(chunk: Body): Uint8Array {
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}
