import type { Compilation, Compiler, NormalModule, WebpackPluginInstance } from 'webpack'
import { addServerFunctions } from './add-server-functions.ts'
import type { BuildState, ClientModuleInfo, ReachedClientModule } from './build-state.ts'
import { ownFiles } from './files.ts'
import { addFlightLayer } from './flight-layer.ts'
import { infoOf, serveLoaders } from './loader-host.ts'
import { defineManifestPath } from './manifest-path.ts'
import { serverModuleId } from './module-id.ts'

const pluginName = 'LiverootServer'

/** The server build's plugin. Made by `Liveroot.server()`. */
export class ServerPlugin implements WebpackPluginInstance {
  readonly #state: BuildState
  readonly #live: readonly string[]

  constructor(state: BuildState, live: readonly string[]) {
    this.#state = state
    this.#live = live
  }

  /** Called by webpack. */
  apply(compiler: Compiler): void {
    this.#state.server = compiler
    addFlightLayer(compiler)
    defineManifestPath(compiler)
    addLoaders(compiler, this.#live)
    compiler.hooks.finishMake.tapPromise(pluginName, async (compilation) => {
      // Child compilers inherit this hook.
      if (compilation.compiler === compiler) await addServerFunctions(compilation)
    })
    compiler.hooks.thisCompilation.tap(pluginName, (compilation) => {
      // Before modules are concatenated and lose their place in the chunk graph.
      compilation.hooks.afterChunks.tap(pluginName, () => {
        this.#state.clientModules = collectClientModules(compilation)
        this.#state.serverModules = collectServerModules(compilation)
      })
    })
  }
}

function addLoaders(compiler: Compiler, live: readonly string[]): void {
  compiler.options.module.rules.push({
    test: /\.[cm]?[jt]sx?$/,
    enforce: 'post',
    use: [
      { loader: ownFiles.serverFunctionsLoader },
      // The name is part of the request: webpack's cache then knows when the option changes.
      { loader: ownFiles.clientBoundaryLoader, ident: `live ${live.join()}`, options: { live } },
    ],
  })
  serveLoaders(compiler, pluginName, (resource) => serverModuleId(compiler, resource))
}

/** Client modules that are in a chunk, not those that were merely parsed on the way. */
function collectClientModules(compilation: Compilation): ReachedClientModule[] {
  const reached: ReachedClientModule[] = []
  for (const module of compilation.modules) {
    const info = infoOf(module).liverootClient
    if (!info || compilation.chunkGraph.getNumberOfModuleChunks(module) === 0) continue
    const usedExports = findUsedExports(compilation, module as NormalModule, info)
    reached.push({ id: info.id, request: (module as NormalModule).resource, usedExports })
  }
  // Module order depends on timing; the client's output must not.
  return reached.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The ids of the `'use server'` modules that are in a chunk. */
function collectServerModules(compilation: Compilation): Set<string> {
  const resources = new Map<string, string>()
  for (const module of compilation.modules) {
    const info = infoOf(module).liverootServer
    if (!info || compilation.chunkGraph.getNumberOfModuleChunks(module) === 0) continue
    const { resource } = module as NormalModule
    const other = resources.get(info.id) ?? resource
    resources.set(info.id, resource)
    if (other === resource) continue
    const text = `liveroot/webpack: ${resource} and ${other} got the same id, ${info.id}. Rename one of them.`
    compilation.errors.push(new compilation.compiler.webpack.WebpackError(text))
  }
  return new Set(resources.keys())
}

/** The union over all runtimes; undefined in development, for CommonJS, and where webpack cannot tell. */
function findUsedExports(
  compilation: Compilation,
  module: NormalModule,
  info: ClientModuleInfo,
): string[] | undefined {
  const used = new Set<string>()
  for (const runtime of compilation.chunkGraph.getModuleRuntimes(module)) {
    const names = compilation.moduleGraph.getUsedExports(module, runtime)
    if (typeof names === 'boolean' || names === null) {
      if (names === false) continue
      return undefined
    }
    for (const name of names) used.add(name)
  }
  return info.exportNames.filter((name) => used.has(name))
}
