import * as React from 'react'

/** The part of React's shared state that tells of the transition under way. React has no public way to ask. */
const internals = (React as unknown as Record<string, { readonly T: object | null } | undefined>)
  .__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE

/** True in a function that was given to `startTransition`, before its first `await`, and in the action of a form. */
export function inTransition(): boolean {
  return internals !== undefined && internals.T !== null
}
