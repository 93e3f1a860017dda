import type { ErrorCode } from '../errors.ts'
import type { CloseReason } from '../protocol/close-codes.ts'
import type { Authenticator } from './authenticator.ts'
import type { KeeperHost } from './keeper-host.ts'
import type { LiveLimits } from './limits.ts'
import type { Routes } from './routes.ts'
import type { SharedHost, SharedRoots } from './shared-roots.ts'
import type { Handshake, Socket } from './transport.ts'

/** What every session uses of its server. */
export interface SessionHost extends SharedHost {
  readonly routes: Routes
  readonly limits: Readonly<LiveLimits>
  readonly authenticator: Authenticator
  readonly sharedRoots: SharedRoots
  /** Names the client's build; empty where there is none. */
  build(): string
  /** Counts what was refused to browsers. */
  refused(code: ErrorCode): void
  /** Where sessions go on when this process has ended, or they sleep. */
  readonly keeping: KeeperHost
}

/** The connection under a session, as the session sees it. */
export interface SessionLink {
  readonly socket: Socket
  /** The request that it began with. */
  readonly handshake: Handshake
  /** True when nothing of it will be heard any more. */
  readonly closing: boolean
  /** Ends the connection with a code that says why. */
  refuse(code: CloseReason & ErrorCode): void
}
