import type { RequestListener, Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ErrorCode } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import type { LiveUser } from '../live/session.ts'
import { nameOf } from '../live/topic.ts'
import { webSocketTransport } from '../transports/ws.ts'
import { type Authenticate, Authenticator } from './authenticator.ts'
import type { Bus } from './bus.ts'

import { Connection } from './connection.ts'
import { describeError, logError, type OnError, reportError } from './errors-out.ts'
import { type ClientModuleMap, readClientManifest } from './flight/client-manifest.ts'
import { answerHealth, defaultHealthPaths, type HealthPaths, type LiveHealth } from './health.ts'
import { type HttpDoor, HttpFront } from './http-front.ts'
import { answerHook, type HookHost, type HttpHook } from './http-hooks.ts'
import { type IdempotencyStore, MemoryIdempotency } from './idempotency.ts'
import { Lifecycle } from './lifecycle.ts'
import { defaultLimits, type LiveLimits } from './limits.ts'
import { memoryBus } from './memory-bus.ts'
import { MemoryLocks } from './memory-locks.ts'
import { meterSocket } from './metered-socket.ts'
import { isAllowedOrigin } from './origin.ts'
import { BusPresence, defaultPresenceLeaseMs } from './presence.ts'
import { Refusals } from './refusals.ts'
import { type Route, Routes } from './routes.ts'
import type { SessionHost } from './session.ts'
import { type SessionFilter, Sessions } from './sessions.ts'
import { SharedRoots } from './shared-roots.ts'
import { drainOnSigterm } from './sigterm.ts'
import type { Locks, Source } from './source.ts'
import { Sources } from './sources.ts'
import { BusTopics, type TopicOptionsByPattern } from './topics.ts'
import { type AcceptSocket, type Handshake, noHandshake } from './transport.ts'

/** What {@link createLiveServer} takes. */
export interface LiveServerOptions {
  /** The components that browsers may mount. */
  readonly routes: readonly Route[]
  /** HTTP endpoints that trigger them. None by default. */
  readonly httpHooks?: readonly HttpHook[]
  /** Where answers of hooks are kept by idempotency key. In memory by default; one that servers share counts for all. */
  readonly idempotency?: IdempotencyStore
  /** Queues and schedules that trigger them: they start when the server listens and drain before it closes. None by default. */
  readonly sources?: readonly Source[]
  /** Decides which of several servers runs a tick of a schedule. By default each server is alone. */
  readonly locks?: Locks
  /**
   * What carries topics: between the servers of a cluster that of a broker, such as `redisBus({ url })` of
   * `liveroot/redis`. The server starts and closes it. `memoryBus()` by default: this process alone.
   */
  readonly bus?: Bus
  /** Topics that keep history, by topic or pattern, such as `{ 'room:*': { history: 100 } }`. None by default. */
  readonly topics?: TopicOptionsByPattern
  /** How long those who were on a server that was killed are present to `usePresence` on the others. 6,000. */
  readonly presenceLeaseMs?: number
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
  /**
   * Says who connects, from the request that the connection begins with: its cookies, headers, address. What it returns
   * is the `user` of `useSession`, and of guards; its type is that of `Register`. Null or undefined lets the browser in as
   * nobody. False, or a `UserError` thrown, refuses it (`unauthorized`): it stays closed until it is told to try again.
   * Any other error, or longer than `authenticateTimeoutMs`, refuses it too, and it tries again by itself
   * (`authentication_failed`). Asked anew at each connection, so that a session has its user as of now. Without it, every
   * browser is nobody.
   */
  readonly authenticate?: Authenticate
  /** What makes a user the same one. By default the user's `id`, or the user itself where it is a text or a number. */
  readonly userId?: (user: NonNullable<LiveUser>) => string
  /** How long {@link LiveServer.drain} may take. 10,000. */
  readonly drainTimeoutMs?: number
  /**
   * Whether `SIGTERM` drains a server that was started with `listen`, and then ends the process with code 0. True by
   * default.
   */
  readonly drainOnSigterm?: boolean
  /** Where {@link LiveServer.health} is answered over HTTP; false for nowhere. `/live/health` and `/live/ready`. */
  readonly health?: HealthPaths | false
  /** Bounds that differ from {@link defaultLimits}. */
  readonly limits?: Partial<LiveLimits>
  /** Hears of errors in components, handlers, hooks and effects. Logs them by default. */
  readonly onError?: OnError
  /**
   * Names the client's build. A page that runs another one reloads itself when nothing is lost by it. By default what
   * `liveroot/webpack` gave it.
   */
  readonly build?: string
  /** Where browsers find client modules. By default what `liveroot/webpack` wrote beside the bundle. */
  readonly clientModules?: ClientModuleMap
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
  /**
   * Ends sessions at once, with what they had: their connections are closed with `revoked`, and stay closed until the page
   * asks for another. Their tokens open nothing any more; whether their users may come back is for `authenticate` to say.
   *
   * @param where `{ userId }`, `{ sessionId }`, both, or a function that picks among sessions.
   * @returns how many.
   */
  disconnect(where: SessionFilter): number
  /**
   * Asks `authenticate` again about sessions, with the requests that their connections began with, for users whose
   * data has changed. Components and guards see the new user, with their state. A session that is refused now ends with
   * `unauthorized`, and one that would be another user's with `wrong_user`.
   *
   * @param where `{ userId }`, `{ sessionId }`, both, or a function that picks among sessions.
   * @returns how many of them go on.
   */
  refresh(where: SessionFilter): Promise<number>
  /**
   * Ends the server in order, see `docs/deploys.md`: takes nothing new, finishes calls, sends every browser to another
   * server, and stops listening.
   *
   * @param options `timeoutMs` after which what is not done is given up; `drainTimeoutMs` by default.
   * @returns once everything has ended.
   */
  drain(options?: { readonly timeoutMs?: number }): Promise<void>
  /** Ends the server at once: as {@link drain}, with no time for calls that are under way. */
  close(): Promise<void>
}

/**
 * Makes a server of live components.
 *
 * @throws `bad_route` when two routes have the same pattern, `bad_schedule` when two schedules have the same name, `bad_topic` for a wrong declaration in `topics`.
 */
export function createLiveServer(options: LiveServerOptions): LiveServer {
  return new WebLiveServer(options)
}

class WebLiveServer implements LiveServer {
  private readonly host: SessionHost
  private readonly topics: BusTopics
  private readonly allSessions: Sessions
  private readonly hooks: HookHost
  private readonly open = new Set<Connection>()
  private readonly refusals = new Refusals()
  private readonly lifecycle: Lifecycle
  private readonly front: HttpFront
  private readonly madeAt = Date.now()
  private forgetSigterm: () => void = () => {}

  constructor(private readonly options: LiveServerOptions) {
    const limits = { ...defaultLimits, ...options.limits }
    const onError = options.onError ?? logError
    const topics = new BusTopics(options.bus ?? memoryBus(), options.topics ?? {}, onError)
    const { clientModules } = options
    const modules = clientModules === undefined ? () => readClientManifest().modules : () => clientModules
    const refused = (code: ErrorCode) => this.refusals.count(code)
    const presence = new BusPresence(topics.bus, options.presenceLeaseMs ?? defaultPresenceLeaseMs, onError)
    this.topics = topics
    const authenticator = new Authenticator({
      authenticate: options.authenticate,
      userId: options.userId,
      timeoutMs: limits.authenticateTimeoutMs,
      onError,
    })
    this.host = {
      routes: new Routes(options.routes),
      limits,
      onError,
      refused,
      topics,
      presence,
      modules,
      authenticator,
      build: () => options.build ?? (clientModules === undefined ? readClientManifest().buildId : ''),
      sharedRoots: new SharedRoots({ topics, presence, onError, modules }),
    }
    this.allSessions = new Sessions(this.host)
    const { publish } = this
    const idempotency = options.idempotency ?? new MemoryIdempotency(limits.maxIdempotencyKeys)
    const { httpHooks = [] } = options
    this.hooks = { hooks: httpHooks, maxBytes: limits.maxHookBytes, idempotency, onError, publish }
    this.lifecycle = new Lifecycle((error, part) => {
      describeError(error, 'stop_failed', onError, { route: `part ${part.name}` })
    })
    this.front = this.makeFront(limits)
    // In the order in which they start: each can use those before it.
    const sessions = { name: 'sessions', stop: (giveUp: AbortSignal) => this.stopSessions(giveUp) }
    const sources = new Sources(options.sources ?? [], {
      publish,
      locks: options.locks ?? new MemoryLocks(),
      failed: (error, code, source) => reportError(error, code, onError, { route: source }),
    })
    const answers = { name: 'idempotency', stop: () => idempotency.close() }
    this.lifecycle.add(topics.part, presence.part, answers, this.front, sessions, sources)
  }

  private makeFront({ maxMessageBytes }: LiveLimits): HttpFront {
    const { options, lifecycle, hooks } = this
    const { health = {}, path = '/live', onRequest } = options
    const paths = health === false ? null : { ...defaultHealthPaths, ...health }
    const allow = (handshake: Handshake) => isAllowedOrigin(options, handshake)
    const door: HttpDoor = {
      path,
      transport: webSocketTransport({ maxMessageBytes, allow }, this.accept),
      isOpen: () => lifecycle.state !== 'starting' && lifecycle.state !== 'failed',
      answer: (request, response) =>
        answerHealth(paths, () => this.health(), request, response) || answerHook(hooks, request, response),
    }
    return new HttpFront(door, onRequest)
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

  readonly publish: Publish = (topic, data) => this.topics.publish(nameOf(topic), data)

  readonly accept: AcceptSocket = (socket, handshake = noHandshake) =>
    meterSocket(socket, handshake, (metered) => {
      const connection = new Connection(this.allSessions, metered, handshake, () =>
        this.open.delete(connection),
      )
      this.open.add(connection)
      return connection
    })

  async listen(port: number, host?: string): Promise<AddressInfo> {
    try {
      const listening = this.front.listen(port, host)
      const [address] = await Promise.all([listening, this.lifecycle.start()])
      if (this.options.drainOnSigterm ?? true) this.forgetSigterm = drainOnSigterm(() => this.drain())
      return address
    } catch (error) {
      await this.close()
      throw error
    }
  }

  attach(server: Server | HttpsServer): void {
    this.front.attach(server)
    this.lifecycle.start().catch((error: unknown) => {
      describeError(error, 'start_failed', this.host.onError)
    })
  }

  disconnect(where: SessionFilter): number {
    return this.allSessions.revoke(where)
  }

  refresh(where: SessionFilter): Promise<number> {
    return this.allSessions.refresh(where)
  }

  private async stopSessions(giveUp: AbortSignal): Promise<void> {
    await this.allSessions.drain(giveUp)
    // Those that have not said who they are.
    for (const connection of [...this.open]) connection.refuse('server_closing')
    this.host.sharedRoots.close()
  }

  drain({ timeoutMs = this.options.drainTimeoutMs ?? defaultDrainTimeoutMs } = {}): Promise<void> {
    return this.stop(timeoutMs)
  }

  close(): Promise<void> {
    return this.stop(0)
  }

  private async stop(timeoutMs: number): Promise<void> {
    await this.lifecycle.stop(timeoutMs)
    // Those of transports that have not told of their end.
    for (const connection of [...this.open]) connection.closed()
    this.forgetSigterm()
  }
}

const defaultDrainTimeoutMs = 10_000
