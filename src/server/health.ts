import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LifecycleState } from './lifecycle.ts'

/** How a live server is. */
export interface LiveHealth {
  /** `new` before it is started, then `starting`, `ready`, `draining`, `closed`; `failed` where it could not start. */
  readonly status: LifecycleState
  /** Whether new browsers should be sent here: it has started, is not draining, and every part can work. */
  readonly ready: boolean
  readonly draining: boolean
  readonly connections: number
  readonly sessions: number
  /** Milliseconds since the server was made. */
  readonly uptimeMs: number
  /** Whether each part, such as a store or a bus, can do its work. */
  readonly parts: Readonly<Record<string, boolean>>
}

/** Where HTTP requests are answered with {@link LiveHealth}. */
export interface HealthPaths {
  /** 200 as long as the process should live: until it has failed or closed. `/live/health` by default. */
  readonly health?: string
  /** 200 as long as it should be sent new browsers, else 503. `/live/ready` by default. */
  readonly ready?: string
}

export const defaultHealthPaths: Required<HealthPaths> = { health: '/live/health', ready: '/live/ready' }

/** Answers a request about health; false means that it is none, and nothing was done. */
export function answerHealth(
  paths: Required<HealthPaths> | null,
  health: () => LiveHealth,
  { url = '/', method }: IncomingMessage,
  response: ServerResponse,
): boolean {
  const path = url.split('?', 1)[0]
  if (paths === null || (path !== paths.health && path !== paths.ready)) return false
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return true
  }
  const answer = health()
  const lives = answer.status !== 'failed' && answer.status !== 'closed'
  const good = path === paths.ready ? answer.ready : lives
  response.writeHead(good ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(method === 'HEAD' ? undefined : JSON.stringify(answer))
  return true
}
