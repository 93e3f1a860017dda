import type { HelloBody, SessionOutcome } from '../protocol/messages.ts'
import type { KnownUser } from './authenticator.ts'
import { Session, type SessionHost, type SessionLink } from './session.ts'
import { createSessionToken } from './session-token.ts'

/** A session with its new connection. */
export interface Attached {
  readonly session: Session
  readonly outcome: SessionOutcome
}

/** All sessions of a server, by their tokens. */
export class Sessions {
  private readonly all = new Map<string, Session>()

  constructor(readonly host: SessionHost) {}

  get size(): number {
    return this.all.size
  }

  /** The session of a browser that says hello; null where there are too many. */
  attach({ token, received }: HelloBody, who: KnownUser, link: SessionLink): Attached | null {
    const known = token === undefined ? undefined : this.all.get(token)
    // Somebody else gets one of their own.
    if (known !== undefined && known.userId === who.userId) {
      return { session: known, outcome: known.attach(link, who, received) }
    }
    if (this.all.size >= this.host.limits.maxSessions) return null
    const own = createSessionToken()
    const session = new Session(this.host, own, who.userId, who.user, link, () => this.all.delete(own))
    this.all.set(own, session)
    return { session, outcome: 'new' }
  }

  /** The server is done with them. */
  close(): void {
    for (const session of [...this.all.values()]) session.end()
  }
}
