import type { HelloBody, SessionOutcome } from '../protocol/messages.ts'
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
  attach({ token, received }: HelloBody, link: SessionLink): Attached | null | Promise<Attached | null> {
    const known = token === undefined ? undefined : this.all.get(token)
    if (known !== undefined) return this.reattach(known, received, link)
    return token === undefined ? this.begin(createSessionToken(), link) : this.wake(token, received, link)
  }

  private reattach(session: Session, received: number | undefined, link: SessionLink) {
    const attached = { session, outcome: session.attach(link, received) }
    const { pageSaved } = session.keeper
    return pageSaved === null ? attached : pageSaved.then(() => attached)
  }

  private begin(token: string, link: SessionLink, saved?: SessionEntries): Attached | null {
    if (this.all.size >= this.host.limits.maxSessions) return null
    const session = new Session(this.host, token, link, () => this.all.delete(token), saved)
    this.all.set(token, session)
    return { session, outcome: 'new' }
  }

  /** Asks the store for a session that is not here. */
  private async wake(
    token: string,
    received: number | undefined,
    link: SessionLink,
  ): Promise<Attached | null> {
    const { store, owner } = this.host.keeping
    const saved = await store.claim(storeKey(token), owner)
    const known = this.all.get(token)
    if (known !== undefined) return this.reattach(known, received, link)
    if (saved === null) return this.begin(createSessionToken(), link)
    const attached = this.begin(token, link, saved)
    if (attached === null) return null
    const { session } = attached
    session.restore(readSnapshot(saved), received === undefined)
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
