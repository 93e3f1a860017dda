import { createContext } from 'react'
import { browserSocket } from '../transports/browser-socket.ts'
import { ownBuild } from './build.ts'
import { KeptSession } from './kept-session.ts'
import { defaultReconnectOptions, type ReconnectOptions } from './reconnect.ts'
import { ClientSession } from './session.ts'
import type { Connect } from './transport.ts'

/** What {@link createLiveClient} takes. */
export interface LiveClientOptions {
  /** Where the server listens: a path of the page's own origin, or a full `ws:` or `wss:` address. `/live` by default. */
  readonly url?: string
  /** Opens connections in place of the browser's WebSocket. */
  readonly connect?: Connect
  /** How lost connections are tried again: `defaultReconnectOptions`, with what is given here in its place. */
  readonly reconnect?: Partial<ReconnectOptions>
  /** Names the build that the page runs. By default what webpack gave it. */
  readonly build?: string
  /**
   * Called when the server belongs to another build, at a moment in which nothing is unsent, unanswered or half typed. By
   * default the page is reloaded, once for each build, and goes on with its session.
   *
   * @param build the server's.
   */
  readonly onNewBuild?: (build: string) => void
  /** Calls that may wait for the connection; the next is rejected with `too_many_offline_calls`. 100 by default. */
  readonly maxOfflineCalls?: number
}

/** A connection to one server, shared by all `LiveRoot`s that use it. */
export interface LiveClient {
  /** Ends the connection; a `LiveRoot` that is mounted later opens it again. */
  close(): void
}

const sessions = new WeakMap<LiveClient, ClientSession>()
/** Clients that were made and not closed. */
const inUse = new Set<LiveClient>()

/**
 * Makes a client for a server other than the page's own; give it to a `LiveProvider`. Nothing is connected before the
 * first `LiveRoot` is mounted.
 */
export function createLiveClient(options: LiveClientOptions = {}): LiveClient {
  const connect =
    options.connect ?? ((listener) => browserSocket(absoluteUrl(options.url ?? '/live'))(listener))
  const reconnect = { ...defaultReconnectOptions, ...options.reconnect }
  const { build = ownBuild(), maxOfflineCalls = 100 } = options
  const kept = options.connect === undefined ? new KeptSession(options.url ?? '/live') : null
  const reload = (newBuild: string) => {
    if (kept === null || kept.taken?.build === newBuild) return
    kept.leave({ token: session.token ?? '', build: newBuild })
    window.location.reload()
  }
  const onNewBuild = options.onNewBuild ?? reload
  const session: ClientSession = new ClientSession({ connect, reconnect, maxOfflineCalls, build, onNewBuild })
  if (kept?.taken != null && kept.taken.token !== '') session.goOnWith(kept.taken.token)
  const client: LiveClient = {
    close: () => {
      inUse.delete(client)
      session.close()
    },
  }
  inUse.add(client)
  sessions.set(client, session)
  return client
}

function absoluteUrl(url: string): string {
  const address = new URL(url, window.location.href)
  address.protocol = address.protocol.replace('http', 'ws')
  return address.href
}

/** The client of the `LiveProvider` around; without one, a client of the page's own server. */
export const ClientContext = createContext<LiveClient | null>(null)

let ownServer: LiveClient | undefined

/** The session behind a client. */
export function sessionOf(client: LiveClient | null): ClientSession {
  ownServer ??= client === null ? createLiveClient() : undefined
  return sessions.get(client ?? (ownServer as LiveClient)) as ClientSession
}

/** The session for functions that modules import: the only client's, where there is one, else that of the page's own. */
export function sessionForImports(): ClientSession {
  const [first, second] = inUse
  return sessionOf(first !== undefined && second === undefined ? first : null)
}
