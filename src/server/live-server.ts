import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { ErrorCode } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import { nameOf } from '../live/topic.ts'
import { webSocketTransport } from '../transports/ws.ts'
import { Authenticator } from './authenticator.ts'
import { Connection } from './connection.ts'
import { describeError, logError, reportError } from './errors-out.ts'
import { readClientManifest } from './flight/client-manifest.ts'
import { answerHealth, defaultHealthPaths, type LiveHealth } from './health.ts'
import { type HttpDoor, HttpFront } from './http-front.ts'
import { answerHook, type HookHost } from './http-hooks.ts'
import { type IdempotencyStore, MemoryIdempotency } from './idempotency.ts'
import { keeperHost } from './keeper-host.ts'
import { Lifecycle } from './lifecycle.ts'
import { defaultLimits, type LiveLimits } from './limits.ts'
import type { LiveServerOptions } from './live-server-options.ts'
import { memoryBus } from './memory-bus.ts'
import { MemoryLocks } from './memory-locks.ts'
import { memoryStore } from './memory-store.ts'
import { meterSocket } from './metered-socket.ts'
import { isAllowedOrigin } from './origin.ts'
import { BusPresence, defaultPresenceLeaseMs } from './presence.ts'
import { Refusals } from './refusals.ts'
import { Routes } from './routes.ts'
import { SessionControl } from './session-control.ts'
import type { SessionHost } from './session-host.ts'
import { type SessionFilter, Sessions } from './sessions.ts'
import { defaultSharedLeaseMs, SharedRoots } from './shared-roots.ts'
import { drainOnSigterm } from './sigterm.ts'
import { Sources } from './sources.ts'
import { BusTopics } from './topics.ts'
import { type AcceptSocket, type Handshake, noHandshake } from './transport.ts'

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
   * Ends sessions at once, with what they had, on every server of the bus: their connections are closed with `revoked`, and
   * stay closed until the page asks for another. Their tokens open nothing any more; whether their users may come back is
   * for `authenticate` to say.
   *
   * @param where `{ userId }`, `{ sessionId }` or both; or a function that picks among the sessions of this server alone, for
   *   it cannot travel.
   * @returns how many were ended on this server. The others end theirs when they hear of it; that the bus did not take
   *   it is told to `onError` (`publish_failed`).
   */
  disconnect(where: SessionFilter): number
  /**
   * Asks `authenticate` again about sessions, with the requests that their connections began with, for users whose
   * data has changed. Components and guards see the new user, with their state. A session that is refused now ends with
   * `unauthorized`, and one that would be another user's with `wrong_user`.
   *
   * @param where `{ userId }`, `{ sessionId }` or both, on every server of the bus; or a function that picks among the
   *   sessions of this server alone.
   * @returns how many of those on this server go on.
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
  private readonly control: SessionControl
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
    const keeping = keeperHost(options.sessionStore ?? memoryStore(), limits, onError)
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
      sharedRoots: new SharedRoots({
        topics,
        presence,
        onError,
        modules,
        limits,
        bus: topics.bus,
        sharedLeaseMs: options.sharedLeaseMs ?? defaultSharedLeaseMs,
        keeping,
      }),
      keeping,
    }
    this.allSessions = new Sessions(this.host)
    this.control = new SessionControl(this.allSessions, topics.bus, onError)
    const { publish } = this
    const idempotency: IdempotencyStore =
      options.idempotency ?? new MemoryIdempotency(limits.maxIdempotencyKeys)
    const { httpHooks = [] } = options
    this.hooks = { hooks: httpHooks, maxBytes: limits.maxHookBytes, idempotency, onError, publish }
    this.lifecycle = new Lifecycle((error, part) => {
      describeError(error, 'stop_failed', onError, { route: `part ${part.name}` })
    })
    this.front = this.makeFront(limits)
    // In the order in which they start: each can use those before it.
    const { store } = keeping
    const stores = {
      name: 'store',
      start: async () => store.prepare?.(),
      healthy: () => store.healthy ?? true,
    }
    const sessions = { name: 'sessions', stop: (giveUp: AbortSignal) => this.stopSessions(giveUp) }
    const sources = new Sources(options.sources ?? [], {
      publish,
      locks: options.locks ?? new MemoryLocks(),
      failed: (error, code, source) => reportError(error, code, onError, { route: source }),
    })
    const answers = {
      name: 'idempotency',
      start: async () => idempotency.prepare?.(),
      stop: () => idempotency.close(),
    }
    this.lifecycle.add(topics.part, presence.part, answers, stores, this.front, sessions, sources)
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
    return this.control.disconnect(where)
  }

  refresh(where: SessionFilter): Promise<number> {
    return this.control.refresh(where)
  }

  private async stopSessions(giveUp: AbortSignal): Promise<void> {
    this.control.close()
    await this.allSessions.drain(giveUp)
    await this.host.sharedRoots.close()
    await this.host.keeping.store.close()
    // Those that have not said who they are.
    for (const connection of [...this.open]) connection.refuse('server_closing')
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
