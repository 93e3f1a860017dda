import type { Program } from 'estree'
import type { Compilation, Compiler, NormalModule, WebpackPluginInstance } from 'webpack'
import type { BuildState, ClientModuleInfo, ReachedClientModule } from './build-state.ts'
import type { ClientBoundaryHost } from './client-boundary-loader.ts'
import { ownFiles } from './files.ts'
import { addFlightLayer } from './flight-layer.ts'
import { defineManifestPath } from './manifest-path.ts'

const pluginName = 'LiverootServer'

/** The server build's plugin. Made by `Liveroot.server()`. */
export class ServerPlugin implements WebpackPluginInstance {
  readonly #state: BuildState

  constructor(state: BuildState) {
    this.#state = state
  }

  /** Called by webpack. */
  apply(compiler: Compiler): void {
    this.#state.server = compiler
    addFlightLayer(compiler)
    defineManifestPath(compiler)
    addClientBoundaryLoader(compiler)
    compiler.hooks.thisCompilation.tap(pluginName, (compilation) => {
      // Before modules are concatenated and lose their place in the chunk graph.
      compilation.hooks.afterChunks.tap(pluginName, () => {
        this.#state.clientModules = collectClientModules(compilation)
      })
    })
  }
}

function addClientBoundaryLoader(compiler: Compiler): void {
  const { NormalModule, javascript } = compiler.webpack
  compiler.options.module.rules.push({
    test: /\.[cm]?[jt]sx?$/,
    enforce: 'post',
    use: [{ loader: ownFiles.clientBoundaryLoader }],
  })
  const parse = createParse(javascript.JavascriptParser)
  compiler.hooks.compilation.tap(pluginName, (compilation) => {
    NormalModule.getCompilationHooks(compilation).loader.tap(pluginName, (context, module) => {
      // `?raw` and other asset imports of a source file are text, not modules.
      if (!module.type.startsWith('javascript/')) return
      const host: ClientBoundaryHost = {
        parse,
        markClientModule: (info) => {
          if (module.buildInfo) module.buildInfo.liverootClient = info
        },
      }
      Object.assign(context, { liveroot: host })
    })
  })
}

/** Webpack's parser without its plugins: only the syntax tree is wanted. */
function createParse(JavascriptParser: Compiler['webpack']['javascript']['JavascriptParser']) {
  return (source: string): Program => {
    const parser = new JavascriptParser('auto')
    let program: Program | undefined
    parser.hooks.program.tap(pluginName, (tree) => {
      program = tree as Program
      // Any result keeps the parser from walking the tree.
      return true
    })
    parser.parse(source, { source } as unknown as Parameters<typeof parser.parse>[1])
    if (program === undefined) throw new Error('liveroot/webpack: webpack parsed a module without a result.')
    return program
  }
}

/** Client modules that are in a chunk, not those that were merely parsed on the way. */
function collectClientModules(compilation: Compilation): ReachedClientModule[] {
  const reached: ReachedClientModule[] = []
  for (const module of compilation.modules) {
    const info = module.buildInfo?.liverootClient as ClientModuleInfo | undefined
    if (!info || compilation.chunkGraph.getNumberOfModuleChunks(module) === 0) continue
    const usedExports = findUsedExports(compilation, module as NormalModule, info)
    reached.push({ id: info.id, request: (module as NormalModule).resource, usedExports })
  }
  // Module order depends on timing; the client's output must not.
  return reached.sort((a, b) => (a.id < b.id ? -1 : 1))
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
