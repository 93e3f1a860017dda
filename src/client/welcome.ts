import type { Body, SessionOutcome, WelcomeBody } from '../protocol/messages.ts'

const outcomes: readonly SessionOutcome[] = ['new', 'resumed', 'restored']

/** What a welcome says; null where that is not what a welcome can say. */
export function readWelcome(body: Body): WelcomeBody | null {
  try {
    const welcome = JSON.parse(String(body)) as Partial<WelcomeBody> | null
    const { token, session, handled, maxCalls, maxMessageBytes } = welcome ?? {}
    const ok =
      typeof token === 'string' &&
      outcomes.includes(session as SessionOutcome) &&
      Number.isSafeInteger(handled) &&
      Number.isSafeInteger(maxCalls) &&
      Number.isSafeInteger(maxMessageBytes)
    return ok ? (welcome as WelcomeBody) : null
  } catch {
    return null
  }
}
