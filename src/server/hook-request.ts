import type { IncomingMessage } from 'node:http'
import { LiverootError } from '../errors.ts'

/** The whole body; `body_too_large` when it is more than that. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    // What is over the limit is read and dropped, for a sender that is cut off never sees the answer.
    if (size <= maxBytes) chunks.push(chunk)
    if (size > 16 * maxBytes) break
  }
  if (size > maxBytes) throw new LiverootError('body_too_large')
  return Buffer.concat(chunks)
}

export function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each)
  }
  return headers
}

/** A Web request. It can be made again of the same body, for whoever reads one cannot read it twice. */
export function toRequest(incoming: IncomingMessage, headers: Headers, body: Buffer): Request {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`)
  const method = incoming.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const request = new Request(url, { method, headers, ...(hasBody ? { body: new Uint8Array(body) } : {}) })
  const json = request.json.bind(request)
  // So that the sender's mistake is not taken for the handler's.
  request.json = () =>
    json().catch((cause: unknown) => {
      throw new LiverootError('bad_json', undefined, { cause })
    })
  return request
}
