import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ErrorCode, LiverootError } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import type { ErrorBody } from '../protocol/messages.ts'
import { describeError, type OnError, refusalOf } from './errors-out.ts'
import { headersOf, readBody, toRequest } from './hook-request.ts'
import { fromKept, type IdempotencyStore, toKept } from './idempotency.ts'
import { Publishes } from './publishes.ts'
import type { VerifyRequest } from './signature.ts'

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

/** What {@link httpHook} takes beside the handler. */
export interface HookOptions {
  /** Checks the sender before anything else, such as what `verifyHmac` makes. Everybody may send by default. */
  readonly verify?: VerifyRequest
  /**
   * What names a delivery, so that one that is sent again counts once: the header that holds the key, or a function of the
   * request. A request without a key is handled as ever. None by default.
   */
  readonly idempotencyKey?: string | ((request: Request) => MaybeKey | PromiseLike<MaybeKey>)
  /** How long the answer of a key is kept. 86,400,000, a day. */
  readonly idempotencyTtlMs?: number
  /** Largest body, in bytes, where it differs from the limit `maxHookBytes`. */
  readonly maxBytes?: number
}

type MaybeKey = string | null | undefined

/** An HTTP trigger; made by {@link httpHook}. */
export interface HttpHook {
  readonly method: string
  readonly path: string
  readonly handler: HookHandler
  readonly options: HookOptions
}

/**
 * Makes an HTTP endpoint that triggers live components.
 *
 * @param method the HTTP method, such as `POST`.
 * @param path a path whose segments are fixed or parameters (`/hooks/:shop`).
 * @param handler gets the Web `Request` and the server's `publish`. `request.json()` of a body that is not JSON is
 *   answered with 400 (`bad_json`); a body over `maxHookBytes` with 413 (`body_too_large`) before the handler runs;
 *   anything the handler throws with 500 (`hook_failed`) and a digest.
 * @param options who may send, what names a delivery, how large it may be. A request that `verify` refuses is answered with
 *   401 (`bad_signature`, `stale_signature`); one whose key has been handled with the first answer, unless that was 500 or
 *   above; one whose key is being handled with 409 (`delivery_in_progress`).
 * @param options who may send, what names a delivery, how large it may be. A request that `verify` refuses is answered with 401
 *   (`bad_signature`, `stale_signature`); one whose key has been handled with the first answer, unless that was 500 or above; one
 *   whose key is being handled with 409 (`delivery_in_progress`).
 * @returns the hook, for `createLiveServer`.
 * @throws `bad_route` when the path does not start with a slash.
 */
export function httpHook(
  method: string,
  path: string,
  handler: HookHandler,
  options: HookOptions = {},
): HttpHook {
  if (!path.startsWith('/'))
    throw new LiverootError('bad_route', `Hook path "${path}" must start with a slash.`)
  return { method: method.toUpperCase(), path, handler, options }
}

export interface HookHost {
  readonly hooks: readonly HttpHook[]
  readonly maxBytes: number
  readonly idempotency: IdempotencyStore
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
  hook: HttpHook,
  params: Record<string, string>,
  incoming: IncomingMessage,
): Promise<Response> {
  const { verify, maxBytes = host.maxBytes } = hook.options
  try {
    const body = await readBody(incoming, maxBytes)
    const headers = headersOf(incoming)
    if ((await verify?.({ body, headers })) === false) throw new LiverootError('bad_signature')
    const make = () => toRequest(incoming, headers, body)
    const answer = () => handle(host, hook, params, make())
    const key = await keyOf(hook, make)
    return key === null ? await answer() : await answerOnce(host, hook, key, answer)
  } catch (error) {
    const code = error instanceof LiverootError ? error.code : null
    const status = code === null ? undefined : refusedWith[code]
    if (code !== null && status !== undefined) return refusal(status, refusalOf(code))
    return refusal(500, describeError(error, 'hook_failed', host.onError, { route: hook.path }))
  }
}

/** What is the sender's fault, or its business. */
const refusedWith: Partial<Record<ErrorCode, number>> = {
  bad_json: 400,
  bad_signature: 401,
  stale_signature: 401,
  delivery_in_progress: 409,
  body_too_large: 413,
}

async function handle(
  host: HookHost,
  { handler }: HttpHook,
  params: Record<string, string>,
  request: Request,
): Promise<Response> {
  const publishes = new Publishes(host.publish)
  const response = toResponse(await handler(request, { publish: publishes.publish, params }))
  await publishes.done()
  return response
}

/** How long a key is claimed by a request that is being handled, and whose server may die. */
const claimMs = 60_000
const dayMs = 86_400_000

async function keyOf({ method, path, options }: HttpHook, make: () => Request): Promise<string | null> {
  const { idempotencyKey } = options
  if (idempotencyKey === undefined) return null
  const request = make()
  const key =
    typeof idempotencyKey === 'string' ? request.headers.get(idempotencyKey) : await idempotencyKey(request)
  // Two hooks may be told of things that have the same name. Keys may be long.
  return key ? createHash('sha256').update(`${method} ${path} ${key}`).digest('base64url') : null
}

async function answerOnce(
  { idempotency }: HookHost,
  { options }: HttpHook,
  key: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const before = await idempotency.begin(key, claimMs)
  if (before === 'busy') throw new LiverootError('delivery_in_progress')
  if (before !== null) return fromKept(before)
  try {
    const response = await answer()
    if (response.status >= 500) {
      await idempotency.forget(key)
      return response
    }
    const kept = await toKept(response)
    await idempotency.keep(key, kept, options.idempotencyTtlMs ?? dayMs)
    return fromKept(kept)
  } catch (error) {
    await idempotency.forget(key)
    throw error
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
