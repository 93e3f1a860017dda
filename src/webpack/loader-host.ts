import type { Program } from 'estree'
import type { Compiler, LoaderContext, Module } from 'webpack'
import type { LiverootInfo } from './build-state.ts'

/** What the plugins give to the loaders that read modules. */
export interface LoaderHost {
  /** Parses JavaScript with webpack's own parser. */
  parse(source: string): Program
  /** Notes on the module what the loader found out about it. */
  note(info: LiverootInfo): void
  /** The id by which both builds name a `'use server'` module. */
  serverModuleId(resource: string): string
}

export type HostedContext = LoaderContext<object> & { liveroot?: LoaderHost }

/** What a loader was told of its module's source map, to hand it on. */
export type SourceMapArgument = Parameters<HostedContext['callback']>[2]

/** Gives the host to the loaders of every JavaScript module of a compilation. */
export function serveLoaders(
  compiler: Compiler,
  pluginName: string,
  serverModuleId: LoaderHost['serverModuleId'],
): void {
  const { NormalModule, javascript } = compiler.webpack
  const parse = createParse(javascript.JavascriptParser)
  compiler.hooks.compilation.tap(pluginName, (compilation) => {
    NormalModule.getCompilationHooks(compilation).loader.tap(pluginName, (context, module) => {
      // `?raw` and other asset imports of a source file are text, not modules.
      if (!module.type.startsWith('javascript/')) return
      const note = (info: LiverootInfo) => {
        if (module.buildInfo) Object.assign(module.buildInfo, info)
      }
      const host: LoaderHost = { parse, note, serverModuleId }
      Object.assign(context, { liveroot: host })
    })
  })
}

/** What the loaders noted on a module. */
export function infoOf(module: Module | null | undefined): LiverootInfo {
  return (module?.buildInfo ?? {}) as LiverootInfo
}

/** Webpack's parser without its plugins: only the syntax tree is wanted. */
function createParse(JavascriptParser: Compiler['webpack']['javascript']['JavascriptParser']) {
  return (source: string): Program => {
    const parser = new JavascriptParser('auto')
    let program: Program | undefined
    parser.hooks.program.tap('Liveroot', (tree) => {
      program = tree as Program
      // Any result keeps the parser from walking the tree.
      return true
    })
    parser.parse(source, { source } as unknown as Parameters<typeof parser.parse>[1])
    if (program === undefined) throw new Error('liveroot/webpack: webpack parsed a module without a result.')
    return program
  }
}
