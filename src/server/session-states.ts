/**
 * Every state of a session, and what each event makes of it. An event that is not named does not happen there.
 *
 * - `attached`: a connection is open under it.
 * - `detached`: the last connection was lost; the session waits for its browser.
 * - `ended`: its trees are unmounted, and nobody can come back to it.
 */
export const sessionStates = {
  attached: {
    /** The connection is lost. */
    detach: 'detached',
    /** Its browser is back, and the server had not heard that the last connection was lost; or a copied page took it. */
    takeOver: 'attached',
    /** The browser is done with it, or the server is. */
    end: 'ended',
  },
  detached: {
    /** Its browser is back. */
    attach: 'attached',
    /** It waited for `sessionGraceMs`: what it is goes to the store, and the next hello makes it anew. */
    sleep: 'ended',
    end: 'ended',
  },
  ended: {},
} as const satisfies Record<string, Partial<Record<SessionEvent, string>>>

export type SessionState = keyof typeof sessionStates
export type SessionEvent = 'attach' | 'takeOver' | 'detach' | 'sleep' | 'end'

/** The state after an event; null where it does not happen in that state. */
export function afterEvent(state: SessionState, event: SessionEvent): SessionState | null {
  const events: Partial<Record<SessionEvent, SessionState>> = sessionStates[state]
  return events[event] ?? null
}
