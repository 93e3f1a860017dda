import { createServerFunction } from '../client/server-function.ts'
import { registerServerFunctions } from '../server/server-functions.ts'

/**
 * Makes the functions of an object what the exports of a `'use server'` module are in a webpack build. Give what comes
 * back to the client components that import it, and to {@link clientComponent}'s `imports`.
 *
 * @param module a name of its own within the test.
 * @param exports the functions; they run on the server half.
 * @returns what a client module gets when it imports the module: functions that call the real ones; typed like those.
 */
export function serverFunctions<T extends object>(module: string, exports: T): T {
  registerServerFunctions(module, exports as Record<string, unknown>)
  const stubs = Object.keys(exports).map((name) => [name, createServerFunction(`${module}#${name}`)])
  return Object.fromEntries(stubs) as T
}
