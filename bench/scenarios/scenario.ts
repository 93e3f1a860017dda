import type { ComponentType, ReactElement } from 'react'

/** What the servers need to know of a scenario. Both systems show the same markup and go through the same updates. */
export interface Scenario<State = unknown> {
  /** The live component: its own state, topics and handlers. */
  readonly component: ComponentType
  /** The n-th update since the mount, for scenarios that the server triggers. */
  readonly message?: (n: number) => { readonly topic: string; readonly data: unknown }
  /** The same as plain server components, which have no state: it is kept outside, and the whole is rendered anew. */
  readonly plain: {
    readonly initial: State
    /** The state after an update; `data` is that of the message, or undefined for a click. */
    readonly reduce: (state: State, data: unknown) => State
    readonly render: (state: State) => ReactElement
  }
}

/** Checks a scenario's types and forgets its state's, which only the scenario itself looks into. */
export function scenario<State>(definition: Scenario<State>): Scenario {
  return definition as Scenario
}
