import type { LiveSession } from '../live/session.ts'
import type { HelloBody, SessionOutcome } from '../protocol/messages.ts'
import type { KnownUser } from './authenticator.ts'
import { drainSessions } from './drain.ts'
import { Session, type SessionHost, type SessionLink } from './session.ts'
import { createSessionKey, readToken, type SessionToken, sessionIdOf } from './session-token.ts'

/** A session with its new connection. */
export interface Attached {
  readonly session: Session
  readonly outcome: SessionOutcome
  /** What its browser shows to go on with it next time. */
  readonly token: string
}

/** Which sessions are meant: those of a user, one by its id, or all that a function picks. */
export type SessionFilter =
  | ((session: LiveSession) => boolean)
  | { readonly userId: string; readonly sessionId?: string }
  | { readonly userId?: string; readonly sessionId: string }

/** All sessions of a server, by their ids. */
export class Sessions {
  private readonly all = new Map<string, Session>()
  /** True when the server is about to end: nothing new begins. */
  draining = false

  constructor(readonly host: SessionHost) {}

  get size(): number {
    return this.all.size
  }

  /** The session of a browser that says hello, or why it gets none. */
  attach(
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Attached | 'too_many_sessions' | 'server_closing' {
    if (this.draining) return 'server_closing'
    const { token } = hello
    const shown = token === undefined ? null : readToken(token)
    const known = shown === null ? null : this.find(shown, who)
    if (shown !== null && known !== null) {
      const outcome = known.attach(link, hello)
      return { session: known, outcome, token: known.secrets.issue(shown.key) }
    }
    if (this.all.size >= this.host.limits.maxSessions) return 'too_many_sessions'
    const key = createSessionKey()
    const id = sessionIdOf(key)
    const session = new Session(this.host, id, who, link, () => this.all.delete(id))
    this.all.set(id, session)
    return { session, outcome: 'new', token: session.secrets.issue(key) }
  }

  /** Whoever has a copy of a token that was used since, or is another user, gets a session of their own. */
  private find({ key, secret }: SessionToken, { userId }: KnownUser): Session | null {
    const session = this.all.get(sessionIdOf(key))
    if (session === undefined) return null
    const isOpened = session.secrets.accepts(secret)
    if (isOpened && session.userId === userId) return session
    this.host.refused(isOpened ? 'wrong_user' : 'stale_token')
    return null
  }

  private matching(filter: SessionFilter): Session[] {
    return [...this.all.values()].filter((session) => {
      if (typeof filter === 'function') return filter(session.info.current)
      const { userId, sessionId } = filter
      // What is left out by mistake must not mean everybody.
      if (userId === undefined && sessionId === undefined) return false
      if (userId !== undefined && userId !== session.userId) return false
      return sessionId === undefined || sessionId === session.id
    })
  }

  /** Ends sessions at once. Returns how many. */
  revoke(filter: SessionFilter): number {
    const sessions = this.matching(filter)
    for (const session of sessions) session.dismiss('revoked')
    return sessions.length
  }

  /** Asks again who they are, from the requests that their connections began with. Returns how many are left. */
  async refresh(filter: SessionFilter): Promise<number> {
    const asked = this.matching(filter).map(async (session) => {
      const who = await this.host.authenticator.ask(session.identity.handshake)
      if (session.ended) return false
      if ('refused' in who) {
        // That nobody could be asked says nothing about the user.
        if (who.refused === 'unauthorized') session.dismiss('unauthorized')
      } else if (who.userId !== session.userId) session.dismiss('wrong_user')
      else session.setUser(who.user)
      return !session.ended
    })
    return (await Promise.all(asked)).filter((left) => left).length
  }

  /** The server is about to end: each session ends when its calls are answered, at the latest at the signal. */
  drain(giveUp: AbortSignal): Promise<void> {
    this.draining = true
    return drainSessions(this.all.values(), giveUp)
  }
}
