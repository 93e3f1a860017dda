import type { SessionStore } from '../../src/server/index.ts'

/** Saves single entries as a server does: with what changed, it has all that the session has. */
export class StoreOwner {
  private readonly sessions = new Map<string, Map<string, string>>()

  constructor(private readonly name: string) {}

  save(store: SessionStore, session: string, key: string, text: string): Promise<void> {
    const all = this.sessions.get(session) ?? new Map<string, string>()
    this.sessions.set(session, all.set(key, text))
    const entries = new Map([[key, text]])
    return store.save(session, this.name, { entries, all: () => all, expiresAt: Date.now() + 60_000 })
  }
}
