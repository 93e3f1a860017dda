import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ErrorCode } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import { nameOf, type Topic } from '../live/topic.ts'
import { type WebSocketTransport, webSocketTransport } from '../transports/ws.ts'
import type { Bus } from './bus.ts'
import { Connection } from './connection.ts'
import { describeError, logError, type OnError } from './errors-out.ts'
import { type ClientModuleMap, readClientManifest } from './flight/client-manifest.ts'
import { answerHealth, defaultHealthPaths, type HealthPaths, type LiveHealth } from './health.ts'
import { attachDoor, type HttpDoor } from './http-door.ts'
import { answerHook, type HookHost, type HttpHook } from './http-hooks.ts'
import { Lifecycle } from './lifecycle.ts'
import { defaultLimits, type LiveLimits } from './limits.ts'
import { memoryBus } from './memory-bus.ts'
import { memoryStore } from './memory-store.ts'
import { meterSocket } from './metered-socket.ts'
import { isAllowedOrigin } from './origin.ts'
import { Refusals } from './refusals.ts'
import { type Route, Routes } from './routes.ts'
import type { SessionHost } from './session.ts'
import { keeperHost } from './session-keeper.ts'
import type { SessionStore } from './session-store.ts'
import { Sessions } from './sessions.ts'
import { BusTopics, type TopicOptionsByPattern } from './topics.ts'
import { type AcceptSocket, noHandshake } from './transport.ts'

/** What {@link createLiveServer} takes. */
export interface LiveServerOptions {
  /** The components that browsers may mount. */
  readonly routes: readonly Route[]
  /** HTTP endpoints that trigger them. None by default. */
  readonly httpHooks?: readonly HttpHook[]
  /**
   * What carries topics: between the servers of a cluster that of a broker, such as `redisBus({ url })` of
   * `liveroot/redis`. The server starts and closes it. `memoryBus()` by default: this process alone.
   */
  readonly bus?: Bus
  /** Topics that keep history, by topic or pattern, such as `{ 'room:*': { history: 100 } }`. None by default. */
  readonly topics?: TopicOptionsByPattern
  /** Where browsers connect. `/live` by default. */
  readonly path?: string
  /** Answers the HTTP requests that no hook takes, when the server is started with `listen`. 404 by default. */
  readonly onRequest?: RequestListener
  /** Origins, such as `https://example.com`, whose pages may connect beside those of the server's own host. */
  readonly allowedOrigins?: readonly string[]
  /**
   * Whether the server's own host is what `X-Forwarded-Host` says. Only where every request comes through a proxy that
   * sets it, for anybody else may send it too. False by default.
   */
  readonly trustForwardedHost?: boolean
  /** Where {@link LiveServer.health} is answered over HTTP; false for nowhere. `/live/health` and `/live/ready`. */
  readonly health?: HealthPaths | false
  /** Bounds that differ from {@link defaultLimits}. */
  readonly limits?: Partial<LiveLimits>
  /** Hears of errors in components, handlers, hooks and effects. Logs them by default. */
  readonly onError?: OnError
  /** Where browsers find client modules. By default what `liveroot/webpack` wrote beside the bundle. */
  readonly clientModules?: ClientModuleMap
  /**
   * Where sessions and the state of their trees outlive this process, such as `fileStore({ path })`. The server closes it.
   * `memoryStore()` by default: sessions can sleep, and end with the process.
   */
  readonly sessionStore?: SessionStore
}

/** A running live server. */
export interface LiveServer {
  /**
   * Starts an HTTP server of its own, and with it the live server's parts. Port 0 takes a free one. Requests about
   * health are answered while the parts start.
   *
   * @returns the address it listens on, once everything has started.
   * @throws what the part threw that could not be started; nothing is left running then.
   */
  listen(port: number, host?: string): Promise<AddressInfo>
  /**
   * Adds the socket, the hooks and the answers about health to an HTTP server; its other requests and upgrades go on as
   * before. The live server's parts are started; one that cannot be is told to `onError` (`start_failed`).
   */
  attach(server: Server | HttpsServer): void
  /**
   * Sends a message to every subscriber of a topic, on every server of the bus.
   *
   * @returns once the engine of the bus has it. May be ignored: a failure is reported to `onError` (`publish_failed`).
   * @throws what {@link Bus.publish} does, and `value_not_serializable`.
   */
  readonly publish: Publish
  /** Takes a connection of another transport. */
  readonly accept: AcceptSocket
  /** Open connections. */
  readonly connections: number
  /** Sessions, those that wait for their browser to come back included. */
  readonly sessions: number
  /** How many times each code of {@link errorCodes} was given to a browser that broke a rule or met a limit. */
  readonly refused: Readonly<Partial<Record<ErrorCode, number>>>
  /** How the server is, now. */
  health(): LiveHealth
  /** Tells every browser to come back later, unmounts every tree, and stops listening. */
  close(): Promise<void>
}

/**
 * Makes a server of live components.
 *
 * @throws `bad_route` when two routes have the same pattern, `bad_topic` for a wrong declaration in `topics`.
 */
export function createLiveServer(options: LiveServerOptions): LiveServer {
  return new WebLiveServer(options)
}

class WebLiveServer implements LiveServer {
  private readonly host: SessionHost
  private readonly topics: BusTopics
  private readonly allSessions: Sessions
  private readonly hooks: HookHost
  private readonly transport: WebSocketTransport
  private readonly open = new Set<Connection>()
  private readonly refusals = new Refusals()
  private readonly lifecycle: Lifecycle
  private readonly door: HttpDoor
  private readonly detachers: (() => void)[] = []
  private readonly madeAt = Date.now()
  private server: Server | undefined

  constructor(private readonly options: LiveServerOptions) {
    const limits = { ...defaultLimits, ...options.limits }
    const onError = options.onError ?? logError
    const topics = new BusTopics(options.bus ?? memoryBus(), options.topics ?? {}, onError)
    const { clientModules } = options
    const modules = clientModules === undefined ? () => readClientManifest().modules : () => clientModules
    const refused = (code: ErrorCode) => this.refusals.count(code)
    this.topics = topics
    const keeping = keeperHost(options.sessionStore ?? memoryStore(), limits, onError)
    this.host = { routes: new Routes(options.routes), limits, onError, refused, topics, modules, keeping }
    this.allSessions = new Sessions(this.host)
    const { publish } = this
    this.hooks = { hooks: options.httpHooks ?? [], maxBytes: limits.maxHookBytes, onError, publish }
    this.lifecycle = new Lifecycle((error, part) => {
      describeError(error, 'stop_failed', onError, { route: `part ${part.name}` })
    })
    // In the order in which they start: what the sessions use comes before them, what uses the sessions after.
    this.lifecycle.add(topics.part, { name: 'sessions', stop: () => this.closeConnections() })
    const { maxMessageBytes } = limits
    this.transport = webSocketTransport(
      { maxMessageBytes, allow: (handshake) => isAllowedOrigin(options, handshake) },
      this.accept,
    )
    this.door = this.makeDoor()
  }

  private makeDoor(): HttpDoor {
    const { health = {}, path = '/live' } = this.options
    const paths = health === false ? null : { ...defaultHealthPaths, ...health }
    return {
      path,
      transport: this.transport,
      isOpen: () => this.lifecycle.state !== 'starting' && this.lifecycle.state !== 'failed',
      answer: (request, response) =>
        answerHealth(paths, () => this.health(), request, response) ||
        answerHook(this.hooks, request, response),
    }
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

  health(): LiveHealth {
    const { state, health: parts } = this.lifecycle
    const working = Object.values(parts).every((healthy) => healthy)
    return {
      status: state,
      ready: state === 'ready' && working,
      draining: state === 'draining',
      connections: this.connections,
      sessions: this.sessions,
      uptimeMs: Date.now() - this.madeAt,
      parts,
    }
  }

  readonly publish: Publish = (topic, data) =>
    this.topics.publish(nameOf(topic as Topic<never> | string), data)

  readonly accept: AcceptSocket = (socket, handshake = noHandshake) =>
    meterSocket(socket, handshake, (metered) => {
      const connection = new Connection(this.allSessions, metered, handshake, () =>
        this.open.delete(connection),
      )
      this.open.add(connection)
      return connection
    })

  async listen(port: number, host?: string): Promise<AddressInfo> {
    const server = createServer(this.options.onRequest ?? notFound)
    this.server = server
    const started = this.attachAndStart(server)
    // It may fail before anybody waits for it.
    started.catch(() => {})
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, resolve)
      })
      await started
    } catch (error) {
      await this.close()
      throw error
    }
    return server.address() as AddressInfo
  }

  attach(server: Server | HttpsServer): void {
    this.attachAndStart(server).catch((error: unknown) => {
      describeError(error, 'start_failed', this.host.onError)
    })
  }

  private attachAndStart(server: Server | HttpsServer): Promise<void> {
    this.detachers.push(attachDoor(this.door, server))
    return this.lifecycle.start()
  }

  private async closeConnections(): Promise<void> {
    for (const connection of [...this.open]) {
      connection.refuse('server_closing')
      connection.closed()
    }
    await this.allSessions.close()
  }

  async close(): Promise<void> {
    await this.lifecycle.stop(0)
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
