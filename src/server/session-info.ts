import { isDeepStrictEqual } from 'node:util'
import { type Holding, letsGo } from '../live/holding.ts'
import type { LiveSession, SessionSource } from '../live/session.ts'

/** What the application sees of a session; components hear when it changes. */
export class SessionInfo implements SessionSource {
  current: LiveSession
  private readonly listeners = new Set<() => void>()
  private readonly holding: Holding = { handOver: (to) => to.listener(this.subscribe) }

  constructor(id: string, user: unknown) {
    this.current = { id, user, connected: true } as LiveSession
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return letsGo(() => void this.listeners.delete(listener), this.holding)
  }

  set connected(connected: boolean) {
    if (connected !== this.current.connected) this.change({ ...this.current, connected })
  }

  /** Returns whether it is another, or has other data: every reconnect makes a new object of the same user. */
  setUser(user: unknown): boolean {
    if (isDeepStrictEqual(user, this.current.user)) return false
    this.change({ ...this.current, user } as LiveSession)
    return true
  }

  private change(to: LiveSession): void {
    this.current = to
    for (const listener of [...this.listeners]) listener()
  }
}
