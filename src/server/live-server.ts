import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../errors.ts'
import { refuseUpgrade, type WebSocketTransport, webSocketTransport } from '../transports/ws.ts'
import { Connection } from './connection.ts'
import { describeError, logError, type OnError } from './errors-out.ts'
import { type ClientModuleMap, readClientManifest } from './flight/client-manifest.ts'
import { answerHook, type HookHost, type HttpHook } from './http-hooks.ts'
import { defaultLimits, type LiveLimits } from './limits.ts'
import { Refusals } from './refusals.ts'
import { type Route, Routes } from './routes.ts'
import type { SessionHost } from './session.ts'
import { Sessions } from './sessions.ts'
import { MemoryTopics } from './topics.ts'
import type { AcceptSocket } from './transport.ts'

/** What {@link createLiveServer} takes. */
export interface LiveServerOptions {
  /** The components that browsers may mount. */
  readonly routes: readonly Route[]
  /** HTTP endpoints that trigger them. None by default. */
  readonly httpHooks?: readonly HttpHook[]
  /** Where browsers connect. `/live` by default. */
  readonly path?: string
  /** Answers the HTTP requests that no hook takes, when the server is started with `listen`. 404 by default. */
  readonly onRequest?: RequestListener
  /** Origins, such as `https://example.com`, whose pages may connect beside those of the server's own host. */
  readonly allowedOrigins?: readonly string[]
  /** Bounds that differ from {@link defaultLimits}. */
  readonly limits?: Partial<LiveLimits>
  /** Hears of errors in components, handlers, hooks and effects. Logs them by default. */
  readonly onError?: OnError
  /** Where browsers find client modules. By default what `liveroot/webpack` wrote beside the bundle. */
  readonly clientModules?: ClientModuleMap
}

/** A running live server. */
export interface LiveServer {
  /**
   * Starts an HTTP server of its own. Port 0 takes a free one.
   *
   * @returns the address it listens on, once it does.
   */
  listen(port: number, host?: string): Promise<AddressInfo>
  /** Adds the socket and the hooks to an HTTP server; its other requests and upgrades go on as before. */
  attach(server: Server | HttpsServer): void
  /** Sends a message to every subscriber of a topic. */
  publish<T>(topic: string, data: T): void
  /** Takes a connection of another transport. */
  readonly accept: AcceptSocket
  /** Open connections. */
  readonly connections: number
  /** Sessions, those that wait for their browser to come back included. */
  readonly sessions: number
  /** How many times each code of {@link errorCodes} was given to a browser that broke a rule or met a limit. */
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>
  /** Tells every browser to come back later, unmounts every tree, and stops listening. */
  close(): Promise<void>
}

/**
 * Makes a server of live components.
 *
 * @throws `bad_route` when two routes have the same pattern.
 */
export function createLiveServer(options: LiveServerOptions): LiveServer {
  return new WebLiveServer(options)
}

class WebLiveServer implements LiveServer {
  private readonly host: SessionHost
  private readonly allSessions: Sessions
  private readonly hooks: HookHost
  private readonly path: string
  private readonly transport: WebSocketTransport
  private readonly open = new Set<Connection>()
  private readonly refusals = new Refusals()
  private readonly detachers: (() => void)[] = []
  private server: Server | undefined

  constructor(private readonly options: LiveServerOptions) {
    const limits = { ...defaultLimits, ...options.limits }
    const onError = options.onError ?? logError
    const topics = new MemoryTopics((error, topic) => {
      describeError(error, 'listener_failed', onError, { route: `topic ${topic}` })
    })
    const { clientModules } = options
    const modules = clientModules === undefined ? () => readClientManifest().modules : () => clientModules
    const refused = (code: ErrorCode) => this.refusals.count(code)
    this.host = { routes: new Routes(options.routes), limits, onError, refused, topics, modules }
    this.allSessions = new Sessions(this.host)
    const publish = <T>(topic: string, data: T) => topics.publish(topic, data)
    this.hooks = { hooks: options.httpHooks ?? [], maxBytes: limits.maxHookBytes, onError, publish }
    this.path = options.path ?? '/live'
    const { maxMessageBytes } = limits
    this.transport = webSocketTransport({ maxMessageBytes, allowOrigin: this.allowOrigin }, this.accept)
  }

  get connections(): number {
    return this.open.size
  }

  get sessions(): number {
    return this.allSessions.size
  }

  get refused(): Readonly<Partial<Record<ErrorCode, number>>> {
    return this.refusals.counts
  }

  readonly accept: AcceptSocket = (socket) => {
    const connection = new Connection(this.allSessions, socket, () => this.open.delete(connection))
    this.open.add(connection)
    return connection
  }

  publish<T>(topic: string, data: T): void {
    this.host.topics.publish(topic, data)
  }

  listen(port: number, host?: string): Promise<AddressInfo> {
    const server = createServer(this.options.onRequest ?? notFound)
    this.server = server
    this.attach(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve(server.address() as AddressInfo))
    })
  }

  attach(server: Server | HttpsServer): void {
    const others = server.listeners('request') as RequestListener[]
    server.removeAllListeners('request')
    const onRequest = (request: IncomingMessage, response: ServerResponse) => {
      if (answerHook(this.hooks, request, response)) return
      for (const listener of others) listener.call(server, request, response as never)
    }
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if ((request.url ?? '').split('?', 1)[0] === this.path) this.transport.upgrade(request, socket, head)
      else if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, '404 Not Found')
    }
    server.on('request', onRequest)
    server.on('upgrade', onUpgrade)
    this.detachers.push(() => {
      server.off('request', onRequest).off('upgrade', onUpgrade)
      for (const listener of others) server.on('request', listener)
    })
  }

  /** The browser sends the page's origin and cannot be made to lie about it; other clients may send none. */
  private readonly allowOrigin = (origin: string | undefined, host: string | undefined): boolean => {
    if (origin === undefined) return true
    if (this.options.allowedOrigins?.includes(origin)) return true
    return URL.canParse(origin) && new URL(origin).host === host
  }

  async close(): Promise<void> {
    for (const connection of [...this.open]) {
      connection.refuse('server_closing')
      connection.closed()
    }
    this.allSessions.close()
    for (const detach of this.detachers.splice(0)) detach()
    this.transport.close()
    const { server } = this
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
}
