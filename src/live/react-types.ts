import type { ReactNode } from 'react'

/** What an async generator component returns. */
export interface LiveIterable extends AsyncIterable<ReactNode> {}

// An async generator is a component of a live tree: what it yields is its output. React's types keep this place open
// for kinds of nodes that are not everywhere.
declare module 'react' {
  interface DO_NOT_USE_OR_YOU_WILL_BE_FIRED_EXPERIMENTAL_REACT_NODES {
    liveroot: LiveIterable
  }
}
