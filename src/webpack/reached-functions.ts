import type { Compilation, Dependency, Module, ModuleGraphConnection } from 'webpack'
import type { ServerModuleInfo } from './build-state.ts'
import { infoOf } from './loader-host.ts'

/** The ids of the server functions that a client module can call, by the import of it in the list module. */
export type ReachedFunctions = ReadonlyMap<Dependency, readonly string[]>

/**
 * Reads from the client's module graph which server functions each client module imports, directly or through other
 * modules. Modules must not be concatenated yet.
 *
 * @param listModule the module whose imports are the client modules
 * @param report called for each import of a `'use server'` module that a client module makes or reaches
 */
export function findReachedFunctions(
  compilation: Compilation,
  listModule: Module,
  report: (info: ServerModuleInfo, names: readonly string[], connection: ModuleGraphConnection) => void,
): ReachedFunctions {
  const listed = listedImports(compilation, listModule)
  const importers = new Map<Module, ReadonlySet<Module>>()
  const found = new Map<Dependency, Set<string>>()
  for (const module of compilation.modules) {
    const info = infoOf(module).liverootServer
    if (!info) continue
    for (const connection of compilation.moduleGraph.getIncomingConnections(module)) {
      const { originModule } = connection
      const referenced = originModule ? referencedNames(compilation, connection) : []
      if (originModule === null || referenced.length === 0) continue
      const above = importers.get(originModule) ?? findImporters(compilation, originModule)
      importers.set(originModule, above)
      const imports = [...above].flatMap((importer) => listed.get(importer) ?? [])
      if (imports.length > 0) report(info, referenced, connection)
      const names = info.exportNames.filter((name) => referenced.includes(name) || referenced.includes('*'))
      for (const dependency of imports) {
        const ids = found.get(dependency) ?? new Set()
        found.set(dependency, ids)
        for (const name of names) ids.add(`${info.id}#${name}`)
      }
    }
  }
  return new Map([...found].map(([dependency, ids]) => [dependency, [...ids].sort()]))
}

function listedImports({ moduleGraph }: Compilation, listModule: Module): Map<Module, Dependency[]> {
  const imports = new Map<Module, Dependency[]>()
  for (const dependency of listModule.blocks.flatMap((block) => block.dependencies)) {
    const module = moduleGraph.getModule(dependency)
    if (module) imports.set(module, [...(imports.get(module) ?? []), dependency])
  }
  return imports
}

/** The exports that one import uses; `*` where webpack cannot tell. */
function referencedNames(compilation: Compilation, connection: ModuleGraphConnection): string[] {
  const { dependency } = connection
  if (!dependency || !connection.isActive(undefined)) return []
  return compilation
    .getDependencyReferencedExports(dependency, undefined)
    .map((each) => (Array.isArray(each) ? each : each.name)[0] ?? '*')
}

/** The module and all that import it. */
function findImporters({ moduleGraph }: Compilation, module: Module): Set<Module> {
  const importers = new Set([module])
  // A set's iterator visits what is added meanwhile.
  for (const importer of importers) {
    for (const connection of moduleGraph.getIncomingConnections(importer)) {
      if (connection.originModule && connection.isActive(undefined)) importers.add(connection.originModule)
    }
  }
  return importers
}
