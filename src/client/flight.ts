import { createFromReadableStream } from 'react-server-dom-webpack/client.browser'
import type { Body } from '../protocol/messages.ts'
import { undecodable } from './errors.ts'

const encoder = new TextEncoder()

/** A Flight payload whose rest comes later, in chunks. */
export class PayloadStream {
  readonly readable: ReadableStream<Uint8Array>
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.controller = controller
      },
    })
  }

  push(chunk: Body): void {
    this.controller?.enqueue(bytesOf(chunk))
  }

  end(): void {
    this.controller?.close()
  }

  /** What is still pending in the payload is rejected with this error. */
  fail(error: unknown): void {
    this.controller?.error(error)
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
