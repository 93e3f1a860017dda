import type { Compilation, Compiler, Dependency, Module, WebpackPluginInstance } from 'webpack'
import type { ClientManifest } from '../server/flight/client-manifest.ts'
import { type BuildState, clientManifestFile } from './build-state.ts'
import type { ClientModulesHost } from './client-modules-loader.ts'
import { createClientManifest } from './create-client-manifest.ts'
import { ownFiles } from './files.ts'
import { serveLoaders } from './loader-host.ts'
import { serverModuleId } from './module-id.ts'
import { findReachedFunctions, type ReachedFunctions } from './reached-functions.ts'
import { reportUncallable } from './report-uncallable.ts'

const pluginName = 'LiverootClient'

/** The client build's plugin. Made by `Liveroot.client()`. */
export class ClientPlugin implements WebpackPluginInstance {
  readonly #state: BuildState

  constructor(state: BuildState) {
    this.#state = state
  }

  /** Called by webpack. */
  apply(compiler: Compiler): void {
    const manifests = new WeakMap<Compilation, ClientManifest>()
    this.#addStubsLoader(compiler)
    compiler.hooks.finishMake.tapPromise(pluginName, async (compilation) => {
      // Child compilers inherit this hook.
      if (compilation.compiler === compiler) await this.#addClientModules(compilation)
    })
    compiler.hooks.thisCompilation.tap(pluginName, (compilation) => {
      this.#serveLoader(compilation)
      let functions: ReachedFunctions = new Map()
      // Before modules are concatenated and lose their place in the graph.
      compilation.hooks.afterChunks.tap(pluginName, () => {
        const listModule = findListModule(compilation)
        if (listModule) functions = this.#findFunctions(compilation, listModule)
      })
      // Last, when every file has its final name.
      compilation.hooks.afterProcessAssets.tap(pluginName, () => {
        const listModule = findListModule(compilation)
        if (!listModule) return
        const { clientModules = [] } = this.#state
        manifests.set(compilation, createClientManifest(compilation, listModule, clientModules, functions))
      })
    })
    compiler.hooks.afterEmit.tapPromise(pluginName, async (compilation) => {
      const manifest = manifests.get(compilation)
      if (manifest) await this.#writeManifest(manifest)
    })
  }

  #addStubsLoader(compiler: Compiler): void {
    compiler.options.module.rules.push({
      test: /\.[cm]?[jt]sx?$/,
      enforce: 'post',
      use: [{ loader: ownFiles.serverStubsLoader }],
    })
    serveLoaders(compiler, pluginName, (resource) => serverModuleId(this.#state.server ?? compiler, resource))
  }

  #findFunctions(compilation: Compilation, listModule: Module): ReachedFunctions {
    const { serverModules = new Set() } = this.#state
    return findReachedFunctions(compilation, listModule, (info, names, connection) =>
      reportUncallable(compilation, { info, names, connection, serverModules }),
    )
  }

  /** Puts the list of client modules into each entry, as something to bundle but not to run. */
  async #addClientModules(compilation: Compilation): Promise<void> {
    if (!this.#state.clientModules) {
      const text =
        'liveroot/webpack: the client was compiled before the server. Export both configurations from one ' +
        "file, share one Liveroot between them, and give the client's `dependencies: ['server']`."
      compilation.errors.push(new compilation.compiler.webpack.WebpackError(text))
      return
    }
    const { EntryPlugin } = compilation.compiler.webpack
    const request = `!!${ownFiles.clientModulesLoader}!${ownFiles.clientModules}`
    const includes = [...compilation.entries.keys()].map((name) => {
      const dependency = EntryPlugin.createDependency(request, { name })
      return new Promise<void>((resolve, reject) => {
        compilation.addInclude(compilation.compiler.context, dependency, { name }, (error) => {
          if (error) reject(error)
          else resolve()
        })
      })
    })
    await Promise.all(includes)
  }

  #serveLoader(compilation: Compilation): void {
    const { NormalModule, javascript, sources } = compilation.compiler.webpack
    NormalModule.getCompilationHooks(compilation).loader.tap(pluginName, (context, module) => {
      if (module.resource !== ownFiles.clientModules) return
      const host: ClientModulesHost = { clientModules: this.#state.clientModules ?? [] }
      Object.assign(context, { liverootClientModules: host })
    })
    // The imports have done their work in the graph. Shipping them would only cost bytes and show paths.
    javascript.JavascriptModulesPlugin.getCompilationHooks(compilation).renderModuleContent.tap(
      pluginName,
      (source, module) => (isListModule(module) ? new sources.RawSource('') : source),
    )
  }

  async #writeManifest(manifest: ClientManifest): Promise<void> {
    const { server } = this.#state
    if (!server?.outputFileSystem) return
    const { outputFileSystem: files, outputPath } = server
    const path = `${outputPath}/${clientManifestFile}`
    await new Promise<void>((resolve, reject) => {
      files.mkdir(outputPath, { recursive: true } as never, () => {
        files.writeFile(path, JSON.stringify(manifest, null, 1), (error) =>
          error ? reject(error) : resolve(),
        )
      })
    })
  }
}

function isListModule(module: Module): boolean {
  return (module as Module & { resource?: string }).resource === ownFiles.clientModules
}

function findListModule(compilation: Compilation): Module | undefined {
  for (const { includeDependencies } of compilation.entries.values()) {
    for (const dependency of includeDependencies as Dependency[]) {
      const module = compilation.moduleGraph.getModule(dependency)
      if (module && isListModule(module)) return module
    }
  }
  return undefined
}
