import * as React from 'react'

type TransitionListener = (transition: object, result: unknown) => void

/** The part of React's shared state, which renderers meet in, that Liveroot has to touch. */
interface SharedInternals {
  /** Hears of every transition that was started, with what its function returned. */
  S: TransitionListener | null
}

export const sharedInternals = (React as unknown as Record<string, SharedInternals>)
  .__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE as SharedInternals
