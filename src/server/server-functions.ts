// biome-ignore lint/suspicious/noExplicitAny: a server function takes whatever the browser sends it
export type ServerFunction = (...args: any[]) => unknown

const functions = new Map<string, ServerFunction>()

/**
 * Makes the exports of a `'use server'` module callable by client components that import it; the server's build adds
 * this call to the module. A later call for the same module replaces the functions of the one before.
 *
 * @param module the module's id: its path from the root of the build, as `lib/todos.ts`.
 */
export function registerServerFunctions(module: string, exports: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === 'function') functions.set(`${module}#${name}`, value as ServerFunction)
  }
}

/** The function of an id such as `lib/todos.ts#addTodo`. */
export function findServerFunction(id: string): ServerFunction | undefined {
  return functions.get(id)
}
