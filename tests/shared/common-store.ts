import type { SessionStore } from 'liveroot/server'
import { KeptSessions } from '../../src/server/kept-sessions.ts'

/** A store that several servers of one process share, and that none of them ends. */
export class CommonStore implements SessionStore {
  readonly outlivesProcess = true
  readonly kept = new KeptSessions()
  /** Made to wait, as a store does that is slow. */
  gate: Promise<unknown> = Promise.resolve()

  async load(session: string) {
    return this.kept.load(session)
  }

  async claim(session: string, owner: string) {
    return this.kept.claim(session, owner)
  }

  async save(...args: Parameters<SessionStore['save']>) {
    await this.gate
    this.kept.save(...args)
  }

  async remove(session: string, owner: string) {
    this.kept.remove(session, owner)
  }

  async close() {}

  /** What there is of shared components. */
  get sharedKeys(): string[] {
    return [...this.kept.all.keys()].filter((key) => key.startsWith('shared-'))
  }
}
