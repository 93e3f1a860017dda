import type { LiveSession } from '../live/session.ts'
import type { ErrorBody } from '../protocol/messages.ts'
import { refusalOf } from './errors-out.ts'

/** True lets the session in; false does not; `redirect` is false, and tells the page where to go instead. */
export type GuardAnswer = boolean | { readonly redirect: string }

/** Says whether a session may have a route. It gets the session and the route's parameters, parsed. */
export type Guard<Params = Readonly<Record<string, unknown>>> = (
  session: LiveSession,
  params: Params,
) => GuardAnswer | Promise<GuardAnswer>

/** Null where the guard lets the session in, else the `forbidden` that the browser is told. */
export function refusedBy(answer: GuardAnswer): ErrorBody | null {
  if (answer === true) return null
  const redirect = typeof answer === 'object' && answer !== null ? answer.redirect : undefined
  return refusalOf('forbidden', undefined, redirect === undefined ? undefined : { redirect })
}
