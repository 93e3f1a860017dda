import { setImmediate as turn } from 'node:timers/promises'
import type { Session } from './session.ts'

/** So many sessions without a call are sent away in one go. */
const inOneTurn = 50

/**
 * Ends the sessions of a server that shuts down: each when its calls are answered, or at the signal. Their browsers are told
 * to come again, which they do spread over `retryAfterMs`, and find another server.
 */
export async function drainSessions(sessions: Iterable<Session>, giveUp: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    if (giveUp.aborted) resolve()
    else giveUp.addEventListener('abort', () => resolve(), { once: true })
  })
  const ends: Promise<void>[] = []
  for (const session of [...sessions]) {
    ends.push(drainSession(session, aborted))
    if (ends.length % inOneTurn === 0) await turn()
  }
  await Promise.all(ends)
}

async function drainSession(session: Session, aborted: Promise<void>): Promise<void> {
  await Promise.race([session.calls.settled(), aborted])
  await session.sendAway()
}
