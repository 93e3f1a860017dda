import type { StartedCall } from './calls.ts'
import { sessionForImports } from './live-client.ts'

/** Names a function of the server: by its place in a slot of a live tree, or, in slot 0, by its module and export. */
export interface FunctionReference {
  readonly slot: number
  readonly path: string
  /** The arguments that `.bind` put before those of the call. */
  readonly bound: readonly unknown[]
}

/** The live root that functions belong to, or the page for those that modules import. */
export interface FunctionOwner {
  /** Sends a call to the server. Throws `connection_lost` where there is no connection. */
  start(reference: FunctionReference, args: readonly unknown[]): StartedCall
  /** The number of the root, and of the frame that the function's slot shows: what a call of it now would say. */
  place(reference: FunctionReference): { readonly root: number; readonly seen: number }
}

/** A function of the server, as the browser has it: calling it asks the server to call the real one. */
export interface ServerFunction {
  (...args: unknown[]): Promise<unknown>
  bind(self: unknown, ...args: unknown[]): ServerFunction
}

/** What is known of a function of the server. */
export interface KnownFunction {
  readonly reference: FunctionReference
  readonly owner: FunctionOwner
}

const known = new WeakMap<object, KnownFunction>()

/** Makes the browser's side of a function of the server. It can be passed back to the server as an argument. */
export function createFunction(reference: FunctionReference, owner: FunctionOwner): ServerFunction {
  const { bound } = reference
  const own = async (...args: unknown[]): Promise<unknown> =>
    owner.start(reference, bound.length === 0 ? args : [...bound, ...args]).answer
  const bind = (_self: unknown, ...args: unknown[]): ServerFunction =>
    createFunction({ ...reference, bound: [...bound, ...args] }, owner)
  known.set(own, { reference, owner })
  return Object.defineProperty(own, 'bind', { value: bind }) as ServerFunction
}

/** What a function of the server is named by; undefined for any other function. */
export function knownFunction(value: object): KnownFunction | undefined {
  return known.get(value)
}

const imports: FunctionOwner = {
  start: (reference, args) => sessionForImports().start(null, reference, args),
  place: () => ({ root: 0, seen: 0 }),
}

/**
 * A function that a client module imports from a `'use server'` module; the client's build writes these calls.
 *
 * @param id the module and the export, as `lib/todos.ts#addTodo`.
 */
export function createServerFunction(id: string): ServerFunction {
  return createFunction({ slot: 0, path: id, bound: [] }, imports)
}
