import * as React from 'react'

import type { AnyFunction } from './template.ts'

type TransitionListener = (transition: object, result: unknown) => void

/** React's hooks, as a renderer implements them for the render at hand. */
export interface Dispatcher {
  readonly useState: (initial: unknown) => readonly [unknown, AnyFunction]
  readonly useReducer: (
    reducer: AnyFunction,
    initial: unknown,
    init?: AnyFunction,
  ) => readonly [unknown, AnyFunction]
  readonly useActionState: (
    action: AnyFunction,
    initial: unknown,
    permalink?: string,
  ) => readonly [unknown, AnyFunction, boolean]
  readonly use: (usable: unknown) => unknown
}

/** The part of React's shared state, which renderers meet in, that Liveroot has to touch. */
interface SharedInternals {
  /** What hooks called now would run. */
  H: Dispatcher | null
  /** Hears of every transition that was started, with what its function returned. */
  S: TransitionListener | null
}

export const sharedInternals = (React as unknown as Record<string, SharedInternals>)
  .__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE as SharedInternals
