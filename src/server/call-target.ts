import { LiverootError } from '../errors.ts'
import { listsFunction } from './listed-functions.ts'
import type { Root } from './root.ts'
import { findServerFunction, type ServerFunction } from './server-functions.ts'
import type { Session } from './session.ts'

/** How a browser names a function: on the screen of a root, at the frame seen; or, in root 0, by its id in a module. */
export interface FunctionName {
  readonly root: number
  readonly seen: number
  readonly slot: number
  readonly path: string
}

/** A function that the browser may call, with the root on whose screen it is; null for one that a module imports. */
export interface Target {
  readonly root: Root | null
  readonly call: ServerFunction
}

/**
 * Finds the function of a name, where the session's own screen shows it.
 *
 * @throws `unknown_root`, `not_on_screen`, `unknown_function`.
 */
export function findTarget(session: Session, { root: id, seen, slot, path }: FunctionName): Target {
  if (id === 0) return { root: null, call: importedFunction(session, path) }
  const root = session.root(id)
  if (root === undefined) throw new LiverootError('unknown_root')
  const handler = root.tree.findHandler(slot, path, seen)
  if (handler === undefined) throw new LiverootError('not_on_screen')
  return { root, call: (...args) => root.tree.run(path, () => handler(...args)) }
}

function importedFunction(session: Session, id: string): ServerFunction {
  const modules = session.host.modules()
  const found = findServerFunction(id)
  if (found === undefined || !session.liveRoots.some(({ tree }) => listsFunction(tree, modules, id))) {
    throw new LiverootError('unknown_function')
  }
  return found
}

/** The function of a mark in an argument: `[root, seen, slot, path]`. */
export function targetOfMark(session: Session, mark: unknown): Target {
  const [root, seen, slot, path] = Array.isArray(mark) ? (mark as unknown[]) : []
  if (typeof path !== 'string' || ![root, seen, slot].every(Number.isSafeInteger)) {
    throw new LiverootError('bad_arguments')
  }
  return findTarget(session, { root: root as number, seen: seen as number, slot: slot as number, path })
}
