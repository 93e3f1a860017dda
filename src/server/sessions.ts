import type { HelloBody, SessionOutcome } from '../protocol/messages.ts'
import type { KnownUser } from './authenticator.ts'
import { Session, type SessionHost, type SessionLink } from './session.ts'
import type { SessionEntries } from './session-store.ts'
import { createSessionToken } from './session-token.ts'
import { readSnapshot } from './snapshot.ts'
import { storeKey } from './store-key.ts'

/** A session with its new connection. */
export interface Attached {
  readonly session: Session
  readonly outcome: SessionOutcome
}

/** All sessions of a server, by their tokens. */
export class Sessions {
  private readonly all = new Map<string, Session>()

  private readonly toucher: NodeJS.Timeout

  constructor(readonly host: SessionHost) {
    this.toucher = setInterval(() => {
      for (const session of this.all.values()) session.keeper.touch()
    }, host.keeping.sessionExpiryMs / 3)
    this.toucher.unref()
  }

  get size(): number {
    return this.all.size
  }

  /** The session of a browser that says hello; null where there are too many. Rejects where the store does not answer. */
  attach(hello: HelloBody, who: KnownUser, link: SessionLink): Attached | null | Promise<Attached | null> {
    const { token } = hello
    if (token === undefined) return this.begin(createSessionToken(), who, link)
    const known = this.all.get(token)
    if (known === undefined) return this.wake(token, hello, who, link)
    return this.reattach(known, hello, who, link)
  }

  private reattach(session: Session, { received }: HelloBody, who: KnownUser, link: SessionLink) {
    // Somebody else gets one of their own.
    if (session.userId !== who.userId) return this.begin(createSessionToken(), who, link)
    const attached = { session, outcome: session.attach(link, who, received) }
    const { pageSaved } = session.keeper
    return pageSaved === null ? attached : pageSaved.then(() => attached)
  }

  private begin(token: string, who: KnownUser, link: SessionLink, saved?: SessionEntries): Attached | null {
    if (this.all.size >= this.host.limits.maxSessions) return null
    const { userId, user } = who
    const session = new Session(this.host, token, userId, user, link, () => this.all.delete(token), saved)
    this.all.set(token, session)
    return { session, outcome: 'new' }
  }

  /** Asks the store for a session that is not here. */
  private async wake(
    token: string,
    hello: HelloBody,
    who: KnownUser,
    link: SessionLink,
  ): Promise<Attached | null> {
    const { store, owner } = this.host.keeping
    const isNewPage = hello.received === undefined
    const saved = await store.claim(storeKey(token), owner)
    const known = this.all.get(token)
    if (known !== undefined) return this.reattach(known, hello, who, link)
    const stored = saved === null ? null : readSnapshot(saved)
    if (saved === null || stored?.userId !== who.userId) return this.begin(createSessionToken(), who, link)
    const attached = this.begin(token, who, link, saved)
    if (attached === null) return null
    const { session } = attached
    session.restore(stored, isNewPage)
    await session.keeper.pageSaved
    return { session, outcome: 'restored' }
  }

  /** The server is done with them; they go on elsewhere, or later. */
  async close(): Promise<void> {
    clearInterval(this.toucher)
    await Promise.all([...this.all.values()].map((session) => session.store()))
    await this.host.keeping.store.close()
  }
}
