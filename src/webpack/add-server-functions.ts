import type { Compilation, Module } from 'webpack'
import { infoOf } from './loader-host.ts'
import { ClientImportTrace } from './trace-client-imports.ts'

/**
 * Adds the `'use server'` modules that client modules import to the server bundle, where nothing else may import them.
 */
export async function addServerFunctions(compilation: Compilation): Promise<void> {
  const trace = new ClientImportTrace(compilation)
  const added = new Set<string>()
  let found: string[]
  do {
    await trace.follow()
    // Sorted, for the order in which they were found depends on timing.
    found = [...trace.serverModules].filter((resource) => !added.has(resource)).sort()
    for (const resource of found) {
      added.add(resource)
      await addToEntries(compilation, resource)
    }
    // What they import may bring in more client modules.
  } while (found.length > 0)
  keepRegistrations(compilation)
}

/** Each entry that shows client modules runs the module, after the entry itself, which may have to set the stage. */
async function addToEntries(compilation: Compilation, resource: string): Promise<void> {
  const { compiler, entries, outputOptions } = compilation
  const { EntryPlugin } = compiler.webpack
  for (const [name, { dependencies, options }] of entries) {
    if (!reachesClientModule(compilation, name)) continue
    const dependency = EntryPlugin.createDependency(resource, { name })
    await new Promise<void>((resolve, reject) => {
      compilation.addEntry(compiler.context, dependency, { name }, (error) =>
        error ? reject(error) : resolve(),
      )
    })
    // A library's exports are those of its last module.
    if (options.library ?? outputOptions.library) dependencies.unshift(...dependencies.splice(-1))
  }
}

function reachesClientModule({ entries, moduleGraph }: Compilation, entry: string): boolean {
  const start = entries.get(entry)?.dependencies.map((dependency) => moduleGraph.getModule(dependency)) ?? []
  const reached = new Set<Module | null>(start)
  // A set's iterator visits what is added meanwhile.
  for (const module of reached) {
    if (module === null) continue
    if (infoOf(module).liverootClient) return true
    for (const connection of moduleGraph.getOutgoingConnections(module)) reached.add(connection.module)
  }
  return false
}

/** A package may say that its modules have no side effects; registering functions is one. */
function keepRegistrations(compilation: Compilation): void {
  for (const module of compilation.modules) {
    if (infoOf(module).liverootServer) module.factoryMeta = { ...module.factoryMeta, sideEffectFree: false }
  }
}
