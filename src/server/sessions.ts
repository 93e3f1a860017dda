import type { LiveSession } from '../live/session.ts'
import type { HelloBody, SessionOutcome } from '../protocol/messages.ts'
import type { KnownUser } from './authenticator.ts'
import { drainSessions } from './drain.ts'
import { Session } from './session.ts'
import type { SessionHost, SessionLink } from './session-host.ts'
import type { SeenEntry, SessionEntries } from './session-store.ts'
import {
  createSessionKey,
  readToken,
  type SecretRefusal,
  SessionSecrets,
  type SessionToken,
  sessionIdOf,
} from './session-token.ts'
import { readSnapshot, secretsKey } from './snapshot.ts'

/** A session with its new connection. */
export interface Attached {
  readonly session: Session
  readonly outcome: SessionOutcome
  /** What its browser shows to go on with it next time. */
  readonly token: string
}

export type AttachRefusal = 'too_many_sessions' | 'server_closing' | 'outdated_hello'

/** Which sessions are meant: those of a user, one by its id, or all that a function picks, which stays in its process. */
export type SessionFilter =
  | ((session: LiveSession) => boolean)
  | { readonly userId: string; readonly sessionId?: string }
  | { readonly userId?: string; readonly sessionId: string }

/** How often it is looked which sessions are idle, at the least. */
const longestLookMs = 30_000

/** All sessions of a server, by their ids. */
export class Sessions {
  private readonly all = new Map<string, Session>()
  /** True when the server is about to end: nothing new begins. */
  draining = false

  private readonly toucher: NodeJS.Timeout
  private readonly looker: NodeJS.Timeout | undefined
  private looking = false

  constructor(readonly host: SessionHost) {
    // A store forgets what it has not heard of for as long as a token lives.
    const touchMs = Math.min(86_400_000, Math.max(1_000, host.limits.sessionTtlMs / 3))
    this.toucher = setInterval(() => {
      for (const session of this.all.values()) {
        // Whose browser is there is not left alone, however long it stays.
        if (session.info.current.connected) session.secrets.renew()
        session.keeper.touch()
      }
    }, touchMs)
    this.toucher.unref()
    const { sleepAfterMs } = host.limits
    if (sleepAfterMs === Number.POSITIVE_INFINITY) return
    const lookMs = Math.min(longestLookMs, Math.max(1, sleepAfterMs / 4))
    this.looker = setInterval(() => void this.look(sleepAfterMs), lookMs)
    this.looker.unref()
  }

  /** Looks which sessions are idle, and lets them fall asleep one after the other: many at once would hold up the rest. */
  private async look(sleepAfterMs: number): Promise<void> {
    if (this.looking) return
    this.looking = true
    for (const { wire, rest } of [...this.all.values()]) {
      const now = performance.now()
      if (wire.active) {
        wire.active = false
        rest.idleSince = now
      } else if (!rest.asleep && now - rest.idleSince >= sleepAfterMs) {
        // Those that cannot sleep now are asked again when that much has passed once more.
        rest.idleSince = now
        await rest.begin()
      }
    }
    this.looking = false
  }

  get size(): number {
    return this.all.size
  }

  private get hasRoom(): boolean {
    return this.all.size < this.host.limits.maxSessions
  }

  /**
   * The session of a browser that says hello, or why it gets none; null where it has left meanwhile. Rejects where the store
   * does not answer.
   */
  attach(
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Attached | AttachRefusal | Promise<Attached | AttachRefusal | null> {
    if (this.draining) return 'server_closing'
    const shown = hello.token === undefined ? null : readToken(hello.token)
    if (shown === null) return this.begin(who, link)
    const known = this.all.get(sessionIdOf(shown.key))
    return known === undefined
      ? this.wake(shown, hello, who, link)
      : this.goOn(known, shown, hello, who, link)
  }

  /** Whoever has a copy of a token that was used since, or is another user, gets a session of their own. */
  private goOn(
    known: Session,
    { key, secret }: SessionToken,
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Attached | AttachRefusal | Promise<Attached | AttachRefusal | null> {
    // Its browser may be back before its former connection is known to be lost.
    if (known.info.current.connected) known.secrets.renew()
    const refusal = refusalOf(known, secret, hello, who)
    if (refusal === 'stale_token' && known.keeper.outlivesProcess)
      return this.afterOthers(known, refusal, hello, who, link)
    if (refusal !== null) return this.refuse(refusal, who, link)
    // What sleeps is as it was; what has to be mounted again must be there.
    if (!known.wire.canResume(hello)) known.rest.wake()
    const outcome = known.attach(link, hello)
    const token = known.secrets.issue(key, secret, hello.attempt)
    return this.whenSaved({ session: known, outcome, token }, hello, who, link)
  }

  /** Another server may have had the session since, and given it that token: then it is not this one's any more. */
  private async afterOthers(
    known: Session,
    refusal: TokenRefusal,
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Promise<Attached | AttachRefusal | null> {
    await known.keeper.confirm()
    if (link.closing) return null
    return known.ended ? this.attach(hello, who, link) : this.refuse(refusal, who, link)
  }

  /**
   * A browser must not have a token that the store does not know. Where another server has claimed the session meanwhile,
   * it is looked for again: of two hellos of one browser, that server may have got the older one.
   */
  private whenSaved(
    attached: Attached,
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Attached | Promise<Attached | AttachRefusal | null> {
    const { session } = attached
    if (!session.keeper.outlivesProcess) return attached
    return session.keeper.savedApart().then(() => {
      if (!session.ended) return attached
      return link.closing ? null : this.attach(hello, who, link)
    })
  }

  /** A delayed hello is nobody's any more. Everybody else gets a session of their own. */
  private refuse(refusal: TokenRefusal, who: KnownUser, link: SessionLink): Attached | AttachRefusal {
    if (refusal === 'outdated_hello') return refusal
    if (refusal !== 'missing') this.host.refused(refusal)
    return this.begin(who, link)
  }

  private begin(who: KnownUser, link: SessionLink): Attached | AttachRefusal {
    const key = createSessionKey()
    const session = this.make(sessionIdOf(key), who, link)
    return session === null
      ? 'too_many_sessions'
      : { session, outcome: 'new', token: session.secrets.issue(key) }
  }

  private make(id: string, who: KnownUser, link: SessionLink, saved?: SessionEntries): Session | null {
    if (!this.hasRoom) return null
    const session = new Session(this.host, id, who, link, () => this.all.delete(id), saved)
    this.all.set(id, session)
    return session
  }

  /** Asks the store for a session that is not here. */
  private async wake(
    shown: SessionToken,
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Promise<Attached | AttachRefusal | null> {
    const { store, owner } = this.host.keeping
    const id = sessionIdOf(shown.key)
    const found = openStored(await store.load(id), shown, hello, who)
    if (typeof found === 'object' && !this.hasRoom) return 'too_many_sessions'
    // Whoever claims it takes it from the server that has it: first it must be theirs, also when it is claimed.
    const saved =
      typeof found === 'string' || link.closing ? null : await store.claim(id, owner, found.opener)
    if (this.draining) return 'server_closing'
    // Its browser may have come back on another connection meanwhile: a lost one must not take the session from that.
    if (link.closing) return null
    const known = this.all.get(id)
    if (known !== undefined) return this.goOn(known, shown, hello, who, link)
    if (typeof found === 'string') return this.refuse(found, who, link)
    // What opens it has changed meanwhile.
    if (saved === null) return this.attach(hello, who, link)
    const session = this.make(id, who, link, saved)
    if (session === null) return 'too_many_sessions'
    session.restore(readSnapshot(saved), hello.received === undefined)
    const token = session.secrets.issue(shown.key, shown.secret, hello.attempt)
    return this.whenSaved({ session, outcome: 'restored', token }, hello, who, link)
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
    clearInterval(this.toucher)
    clearInterval(this.looker)
    return drainSessions(this.all.values(), giveUp)
  }
}

/** Why somebody does not get the session that their token is of. */
type TokenRefusal = SecretRefusal | 'wrong_user' | 'missing'

/** Why somebody with that secret does not get a session; null where they do. */
function refusalOf(
  { secrets, userId }: { readonly secrets: SessionSecrets; readonly userId: string | null },
  secret: string,
  { attempt }: HelloBody,
  who: KnownUser,
): TokenRefusal | null {
  return secrets.refusalOf(secret, attempt) ?? (userId === who.userId ? null : 'wrong_user')
}

/** What opens a session as a store has it, for somebody with that token; else why they do not get it. */
function openStored(
  saved: SessionEntries | null,
  { secret }: SessionToken,
  hello: HelloBody,
  who: KnownUser,
): { readonly opener: SeenEntry } | TokenRefusal {
  if (saved === null) return 'missing'
  const { secrets: stored, userId } = readSnapshot(saved)
  const text = saved.get(secretsKey)
  if (stored === null || text === undefined) return 'stale_token'
  const secrets = new SessionSecrets(0, stored)
  return refusalOf({ secrets, userId }, secret, hello, who) ?? { opener: [secretsKey, text] }
}
