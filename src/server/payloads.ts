import type { DownMessage } from '../protocol/messages.ts'
import { describeError } from './errors-out.ts'
import { abandon, encodeValue, readOpening, readWhole } from './flight/encode.ts'
import type { SessionHost } from './session-host.ts'

/** Sends what a payload has now; its rest, where there is one, follows as that stream. False where it is not wanted. */
export type SendOpening = (body: Uint8Array, stream: number | undefined) => boolean | Promise<boolean>

/** The payloads of one session that React's writer makes, which take their time. */
export class Payloads {
  private readonly readers = new Set<ReadableStreamDefaultReader<Uint8Array>>()
  private lastStream = 0

  constructor(
    private readonly host: SessionHost,
    private readonly send: (message: DownMessage) => void,
  ) {}

  /** Sends what a payload has now, and, where promises in it are still pending, the rest as chunks of a numbered stream. */
  async sendStream(payload: ReadableStream<Uint8Array>, open: SendOpening): Promise<void> {
    const { bytes, rest } = await readOpening(payload)
    const stream = rest === null ? undefined : ++this.lastStream
    const wanted = await open(bytes, stream)
    if (rest === null || stream === undefined) return
    if (wanted) void this.sendRest(stream, rest)
    else abandon(rest)
  }

  private async sendRest(stream: number, rest: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    this.readers.add(rest)
    try {
      for (let result = await rest.read(); !result.done; result = await rest.read()) {
        if (!this.readers.has(rest)) return
        this.send({ type: 'chunk', stream, body: result.value })
      }
    } catch (error) {
      describeError(error, 'result_not_serializable', this.host.onError)
    }
    if (this.readers.delete(rest)) this.send({ type: 'end', stream })
  }

  /** A value of a stream, whole: what is pending in it is waited for. */
  async sendItem(stream: number, value: unknown): Promise<void> {
    const { host } = this
    const payload = encodeValue(value, host.modules(), (error) => {
      return describeError(error, 'result_not_serializable', host.onError).digest
    })
    this.send({ type: 'item', stream, body: await readWhole(payload) })
  }

  sendDone(stream: number, failure: { readonly error: unknown } | undefined): void {
    if (failure === undefined) return this.send({ type: 'done', stream })
    const body = describeError(failure.error, 'handler_failed', this.host.onError)
    this.send({ type: 'done', stream, body: JSON.stringify(body) })
  }

  /** Nobody waits for the rest of them any more. */
  close(): void {
    const readers = [...this.readers]
    this.readers.clear()
    for (const reader of readers) abandon(reader)
  }
}
