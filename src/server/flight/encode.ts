import { renderToReadableStream } from '#flight-server'
import type { Batch } from '../../live/writes.ts'
import type { ClientModuleMap } from './client-manifest.ts'
import { batchModel } from './model.ts'
import { writePlain } from './plain-writer.ts'

/** Called with an error that React's writer met; returns the digest under which it is reported. */
export type OnFlightError = (error: unknown) => string | undefined

/** A batch as one Flight payload: text at once where it is plain, else a stream from React's own writer. */
export function encodeBatch(
  batch: Batch,
  modules: ClientModuleMap,
  onError: OnFlightError,
): string | ReadableStream<Uint8Array> {
  return writePlain(batch, modules) ?? encodeSlowly(batch, modules, onError)
}

/** A batch by React's own writer. */
export function encodeSlowly(
  batch: Batch,
  modules: ClientModuleMap,
  onError: OnFlightError,
): ReadableStream<Uint8Array> {
  return encodeValue(batchModel(batch), modules, onError)
}

/** Any value that Flight carries, by React's own writer. */
export function encodeValue(
  value: unknown,
  modules: ClientModuleMap,
  onError: OnFlightError,
): ReadableStream<Uint8Array> {
  const report: OnFlightError = (error) => (error === abandoned ? undefined : onError(error))
  return renderToReadableStream(value, modules, { onError: report })
}

/** Why nobody reads a payload any more; React's writer tells of it as of an error of the program, which it is not. */
const abandoned = new Error('The browser has left.')

/** Stops writing a payload whose browser has left. */
export function abandon(rest: ReadableStreamDefaultReader<Uint8Array>): void {
  rest.cancel(abandoned).catch(() => {})
}

/** A payload to its end. */
export async function readWhole(payload: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of payload) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What a stream gave before it paused, and, where it has not ended, the rest of it. */
export interface Opening {
  readonly bytes: Uint8Array
  readonly rest: ReadableStreamDefaultReader<Uint8Array> | null
}

/**
 * Reads what a payload holds now. Promises in it resolve later: those rows come from `rest`, when they come.
 */
export async function readOpening(stream: ReadableStream<Uint8Array>): Promise<Opening> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let pending: Promise<ReadableStreamReadResult<Uint8Array>> | undefined
  for (;;) {
    pending ??= reader.read()
    const result = await (chunks.length === 0 ? pending : Promise.race([pending, turn()]))
    if (result === undefined) return { bytes: Buffer.concat(chunks), rest: resume(reader, pending) }
    pending = undefined
    if (result.done) return { bytes: Buffer.concat(chunks), rest: null }
    chunks.push(result.value)
  }
}

/** Two turns: React's writer flushes what it has by the end of the first. */
function turn(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => resolve(undefined)))
  })
}

/** A reader whose first read is the one that is under way already. */
function resume(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  pending: Promise<ReadableStreamReadResult<Uint8Array>>,
): ReadableStreamDefaultReader<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      try {
        for (let result = await pending; !result.done; result = await reader.read())
          controller.enqueue(result.value)
        controller.close()
      } catch (error) {
        controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return stream.getReader()
}
