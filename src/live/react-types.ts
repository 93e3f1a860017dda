import type { ReactNode } from 'react'

/** What an async generator component returns. */
export interface LiveIterable extends AsyncIterable<ReactNode> {}

declare module 'react' {
  // `Component.durable = false`: the state of that component is not stored, and starts afresh where a session is
  // restored. What it renders keeps its own.
  interface FunctionComponent {
    durable?: boolean
  }
  interface ExoticComponent {
    durable?: boolean
  }
  interface ComponentClass {
    durable?: boolean
  }

  // What live events have and React's do not: a handler for live events is then one that React's types take, too.
  interface SubmitEvent<T> {
    /** @deprecated Only handlers that run on the server have it. */
    readonly formData: FormData
  }

  interface MouseEvent<T, E> {
    /** @deprecated Only handlers that run on the server have it; elsewhere it is in `nativeEvent`. */
    readonly offsetX: number
    /** @deprecated Only handlers that run on the server have it; elsewhere it is in `nativeEvent`. */
    readonly offsetY: number
  }

  interface KeyboardEvent<T> {
    /** @deprecated Only handlers that run on the server have it; elsewhere it is in `nativeEvent`. */
    readonly isComposing: boolean
  }

  interface InputEvent<T> {
    /** @deprecated Only handlers that run on the server have it; elsewhere it is in `nativeEvent`. */
    readonly isComposing: boolean
  }

  interface TouchEvent<T> {
    /** @deprecated Only handlers that run on the server have it. */
    readonly clientX: number
    /** @deprecated Only handlers that run on the server have it. */
    readonly clientY: number
    /** @deprecated Only handlers that run on the server have it. */
    readonly offsetX: number
    /** @deprecated Only handlers that run on the server have it. */
    readonly offsetY: number
  }

  // An async generator is a component of a live tree: what it yields is its output. React's types keep this place open
  // for kinds of nodes that are not everywhere.
  interface DO_NOT_USE_OR_YOU_WILL_BE_FIRED_EXPERIMENTAL_REACT_NODES {
    liveroot: LiveIterable
  }
}
