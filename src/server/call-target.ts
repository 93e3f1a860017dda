import { LiverootError } from '../errors.ts'
import { callFor } from '../live/caller.ts'
import type { ShownHandlers } from '../live/handler-history.ts'
import type { Screen } from './screen.ts'
import { findServerFunction, type ServerFunction } from './server-functions.ts'
import type { Session } from './session.ts'
import type { Forward } from './shared-origin.ts'

/** How a browser names a function: on the screen of a root, at the frame seen; or, in root 0, by its id in a module. */
export interface FunctionName {
  readonly root: number
  readonly seen: number
  readonly slot: number
  readonly path: string
  /** What the screen showed there, where that was looked up when the call came. */
  readonly shown?: ShownHandlers | undefined
}

/** A function that the browser may call, with the screen that it is on; null for one that a module imports. */
export interface Target {
  readonly screen: Screen | null
  readonly call: ServerFunction
  /** In place of `call`, where the function is on another server. */
  readonly forward?: Forward | undefined
}

/**
 * Finds the function of a name, where the session's own screen shows it. It is called in the session's name, by
 * `callFor`.
 *
 * @throws `unknown_root`, `not_on_screen`, `unknown_function`.
 */
export function findTarget(session: Session, name: FunctionName): Target {
  return name.root === 0 ? importedFunction(session, name.path) : functionOnScreen(session, name)
}

function functionOnScreen(session: Session, { root: id, seen, slot, path, shown }: FunctionName): Target {
  const screen = session.screen(id)
  if (screen === undefined) throw new LiverootError('unknown_root')
  const call = screen.find(slot, path, seen, shown)
  if (call === undefined) throw new LiverootError('not_on_screen')
  return { screen, call, forward: screen.forward?.(slot, path, seen) }
}

function importedFunction(session: Session, id: string): Target {
  const call = findServerFunction(id)
  if (call === undefined || !session.screens.some((screen) => screen.lists(id))) {
    throw new LiverootError('unknown_function')
  }
  return { screen: null, call }
}

/** The function of a mark in an argument, `[root, seen, slot, path]`: in the name of the session that sent it. */
export function functionOfMark(session: Session, mark: unknown): ServerFunction {
  const [root, seen, slot, path] = Array.isArray(mark) ? (mark as unknown[]) : []
  if (typeof path !== 'string' || ![root, seen, slot].every(Number.isSafeInteger)) {
    throw new LiverootError('bad_arguments')
  }
  const name = { root: root as number, seen: seen as number, slot: slot as number, path }
  const { call } = findTarget(session, name)
  return (...args) => callFor(session.info.current, () => call(...args))
}
