import type { RequestListener } from 'node:http'
import type { LiveUser } from '../live/session.ts'
import type { Authenticate } from './authenticator.ts'
import type { Bus } from './bus.ts'
import type { OnError } from './errors-out.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'
import type { HealthPaths } from './health.ts'
import type { HttpHook } from './http-hooks.ts'
import type { IdempotencyStore } from './idempotency.ts'
import type { LiveLimits } from './limits.ts'
import type { Route } from './routes.ts'
import type { SessionStore } from './session-store.ts'
import type { Locks, Source } from './source.ts'
import type { TopicOptionsByPattern } from './topics.ts'

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
  /** How long those who were on a server that was killed are present to `usePresence` on the others. 5,000. */
  readonly presenceLeaseMs?: number
  /**
   * How long after the server is silent that has a shared component another one takes it over, where the `bus` is one of
   * several servers. 5,000.
   */
  readonly sharedLeaseMs?: number
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
   * Where sessions and the state of their trees outlive this process, such as `fileStore({ path })`. The server closes it.
   * `memoryStore()` by default: sessions can sleep, and end with the process.
   */
  readonly sessionStore?: SessionStore
  /**
   * Names the client's build. A page that runs another one reloads itself when nothing is lost by it. By default what
   * `liveroot/webpack` gave it.
   */
  readonly build?: string
  /** Where browsers find client modules. By default what `liveroot/webpack` wrote beside the bundle. */
  readonly clientModules?: ClientModuleMap
}
