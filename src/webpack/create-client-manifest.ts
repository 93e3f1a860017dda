import type { AsyncDependenciesBlock, Chunk, Compilation, Dependency, Module } from 'webpack'
import type { ClientManifest, ClientModuleEntry, ClientModuleMap } from '../server/flight/client-manifest.ts'
import type { ReachedClientModule } from './build-state.ts'
import type { ReachedFunctions } from './reached-functions.ts'

/**
 * Reads from the finished client compilation where each client module ended.
 *
 * @param listModule the module whose imports are the client modules
 * @param clientModules what the server bundle reaches
 * @param functions the server functions that each client module can call
 * @returns the manifest in the form that React Flight's server takes
 */
export function createClientManifest(
  compilation: Compilation,
  listModule: Module,
  clientModules: readonly ReachedClientModule[],
  functions: ReachedFunctions,
): ClientManifest {
  const idOfRequest = new Map(clientModules.map(({ request, id }) => [request, id]))
  const initialChunks = findInitialChunks(compilation)
  const modules: ClientModuleMap = {}
  const add = (dependency: Dependency, block: AsyncDependenciesBlock) => {
    const referenceId = idOfRequest.get((dependency as Dependency & { request?: string }).request ?? '')
    const entry = referenceId && createEntry(compilation, dependency, block, initialChunks)
    const ids = functions.get(dependency)
    if (entry) modules[referenceId] = { ...entry, ...(ids && { functions: ids }) }
  }
  for (const block of listModule.blocks) {
    for (const dependency of block.dependencies) add(dependency, block)
  }
  return { buildId: compilation.hash ?? '', modules }
}

function createEntry(
  compilation: Compilation,
  dependency: Dependency,
  block: AsyncDependenciesBlock,
  initialChunks: ReadonlySet<Chunk>,
): ClientModuleEntry | undefined {
  const { chunkGraph, moduleGraph } = compilation
  // After concatenation this is the module that took the client module's place, and its id.
  const module = moduleGraph.getModule(dependency)
  const id = module && chunkGraph.getModuleId(module)
  if (!module || id === null) return undefined
  const group = chunkGraph.getBlockChunkGroup(block)
  const chunks: (string | number)[] = []
  for (const chunk of group?.chunks ?? []) {
    if (chunk.id !== null && !initialChunks.has(chunk)) chunks.push(chunk.id, scriptOf(chunk))
  }
  return { id, chunks, name: '*', ...(moduleGraph.isAsync(module) && { async: true }) }
}

/** Chunks that are on the page from the start, whichever entry it uses. */
function findInitialChunks(compilation: Compilation): Set<Chunk> {
  const [first, ...others] = [...compilation.entrypoints.values()].map(({ chunks }) => new Set(chunks))
  return new Set([...(first ?? [])].filter((chunk) => others.every((chunks) => chunks.has(chunk))))
}

/** A chunk of styles alone has no script; webpack then needs its id only. */
function scriptOf(chunk: Chunk): string {
  for (const file of chunk.files) if (/\.[cm]?js(\?|$)/.test(file)) return file
  return ''
}
