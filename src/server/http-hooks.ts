import type { IncomingMessage, ServerResponse } from 'node:http'
import { LiverootError } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import type { ErrorBody } from '../protocol/messages.ts'
import { describeError, type OnError, refusalOf } from './errors-out.ts'
import { Publishes } from './publishes.ts'

/** What a hook's handler gets beside the request. */
export interface HookContext {
  /** Publishes to a topic of the live server. The answer is sent after the bus has taken it. */
  readonly publish: Publish
  /** The parts of the path that the hook's path names with a colon. */
  readonly params: Readonly<Record<string, string>>
}

/**
 * Answers a request. Nothing returned is 204; a `Response` is sent as it is; anything else is sent as JSON.
 */
export type HookHandler = (request: Request, context: HookContext) => unknown

/** An HTTP trigger; made by {@link httpHook}. */
export interface HttpHook {
  readonly method: string
  readonly path: string
  readonly handler: HookHandler
}

/**
 * Makes an HTTP endpoint that triggers live components.
 *
 * @param method the HTTP method, such as `POST`.
 * @param path a path whose segments are fixed or parameters (`/hooks/:shop`).
 * @param handler gets the Web `Request` and the server's `publish`. `request.json()` of a body that is not JSON is
 *   answered with 400 (`bad_json`); a body over `maxHookBytes` with 413 (`body_too_large`) before the handler runs;
 *   anything the handler throws with 500 (`hook_failed`) and a digest.
 * @returns the hook, for `createLiveServer`.
 * @throws `bad_route` when the path does not start with a slash.
 */
export function httpHook(method: string, path: string, handler: HookHandler): HttpHook {
  if (!path.startsWith('/'))
    throw new LiverootError('bad_route', `Hook path "${path}" must start with a slash.`)
  return { method: method.toUpperCase(), path, handler }
}

export interface HookHost {
  readonly hooks: readonly HttpHook[]
  readonly maxBytes: number
  readonly onError: OnError
  readonly publish: Publish
}

/** Answers a request if a hook has its path; false means that nothing was done. */
export function answerHook(host: HookHost, incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const path = (incoming.url ?? '/').split('?', 1)[0] as string
  const matches = host.hooks.flatMap((hook) => {
    const params = matchPath(hook.path, path)
    return params === null ? [] : [{ hook, params }]
  })
  if (matches.length === 0) return false
  const match = matches.find(({ hook }) => hook.method === incoming.method)
  if (match === undefined) {
    outgoing.writeHead(405, { allow: matches.map(({ hook }) => hook.method).join(', ') }).end()
    return true
  }
  void runHook(host, match.hook, match.params, incoming)
    .then((response) => send(response, outgoing))
    .catch(() => outgoing.destroy())
  return true
}

async function runHook(
  host: HookHost,
  { path, handler }: HttpHook,
  params: Record<string, string>,
  incoming: IncomingMessage,
): Promise<Response> {
  try {
    const request = await toRequest(incoming, host.maxBytes)
    const publishes = new Publishes(host.publish)
    const response = toResponse(await handler(request, { publish: publishes.publish, params }))
    await publishes.done()
    return response
  } catch (error) {
    if (error instanceof LiverootError && error.code === 'bad_json')
      return refusal(400, refusalOf('bad_json'))
    if (error instanceof LiverootError && error.code === 'body_too_large')
      return refusal(413, refusalOf('body_too_large'))
    return refusal(500, describeError(error, 'hook_failed', host.onError, { route: path }))
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [i, segment] of wanted.entries()) {
    const text = given[i] as string
    if (segment.startsWith(':')) params[segment.slice(1)] = decodeSegment(text)
    else if (segment !== text) return null
  }
  return params
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function toRequest(incoming: IncomingMessage, maxBytes: number): Promise<Request> {
  const body = await readBody(incoming, maxBytes)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each)
  }
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

async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
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

function toResponse(result: unknown): Response {
  if (result instanceof Response) return result
  return result === undefined ? new Response(null, { status: 204 }) : Response.json(result)
}

function refusal(status: number, body: ErrorBody): Response {
  return Response.json({ error: body }, { status })
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat())
  if (response.body === null) return void outgoing.end()
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) outgoing.write(chunk)
  outgoing.end()
}
