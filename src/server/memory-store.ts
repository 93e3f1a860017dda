import { KeptSessions } from './kept-sessions.ts'
import type { SessionEntries, SessionSave, SessionStore } from './session-store.ts'

/**
 * Keeps sleeping sessions in the memory of this process, and ends with it. The store of a server that is given none.
 */
export function memoryStore(): SessionStore {
  return new MemoryStore()
}

class MemoryStore implements SessionStore {
  readonly outlivesProcess = false
  private readonly sessions = new KeptSessions()

  async claim(session: string, owner: string): Promise<SessionEntries | null> {
    return this.sessions.claim(session, owner)
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
