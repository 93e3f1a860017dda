import { KeptSessions } from './kept-sessions.ts'
import type { SeenEntry, SessionEntries, SessionSave, SessionStore } from './session-store.ts'

/** What {@link memoryStore} takes. */
export interface MemoryStoreOptions {
  /** Sleeping sessions that are kept; past that the one that slept first is forgotten. 10,000. */
  readonly maxSessions?: number
}

/**
 * Keeps sleeping sessions in the memory of this process, and ends with it. The store of a server that is given none.
 */
export function memoryStore({ maxSessions = 10_000 }: MemoryStoreOptions = {}): SessionStore {
  return new MemoryStore(maxSessions)
}

class MemoryStore implements SessionStore {
  readonly outlivesProcess = false
  private readonly sessions: KeptSessions

  constructor(maxSessions: number) {
    this.sessions = new KeptSessions(maxSessions)
  }

  async load(session: string): Promise<SessionEntries | null> {
    return this.sessions.load(session)
  }

  async claim(session: string, owner: string, seen?: SeenEntry): Promise<SessionEntries | null> {
    return this.sessions.claim(session, owner, seen)
  }

  async save(session: string, owner: string, save: SessionSave): Promise<void> {
    this.sessions.save(session, owner, save)
  }

  async remove(session: string, owner: string): Promise<void> {
    this.sessions.remove(session, owner)
  }

  async close(): Promise<void> {
    this.sessions.close()
  }
}
