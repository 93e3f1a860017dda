import type { Chunk, Compiler } from 'webpack'
import { clientManifestFile } from './build-state.ts'

const runtimeName = '__webpack_require__.liverootManifest'

/**
 * Replaces `__LIVEROOT_CLIENT_MANIFEST__` in the server bundle by the manifest's path, reckoned at run time from
 * where the bundle is, so that the build directory can be moved.
 */
export function defineManifestPath(compiler: Compiler): void {
  const { DefinePlugin, RuntimeModule } = compiler.webpack

  class ManifestPathRuntimeModule extends RuntimeModule {
    constructor() {
      super('liveroot client manifest path')
    }

    override shouldIsolate(): boolean {
      return false
    }

    override generate(): string {
      const { compilation, chunk } = this
      const outputOptions = compilation?.outputOptions
      if (!compilation || !chunk || !outputOptions) return ''
      const template = chunk.filenameTemplate ?? outputOptions.filename ?? ''
      const file = compilation.getPath(template, { chunk, contentHashType: 'javascript' })
      const up = '../'.repeat(file.split('/').filter((part) => part !== '.').length - 1)
      // A runtime module, because webpack's development mode puts modules into eval(), where import.meta is an error.
      const directory = outputOptions.module ? 'import.meta.dirname' : '__dirname'
      return `${runtimeName} = ${directory} + ${JSON.stringify(`/${up}${clientManifestFile}`)};`
    }
  }

  new DefinePlugin({ __LIVEROOT_CLIENT_MANIFEST__: runtimeName }).apply(compiler)
  compiler.hooks.thisCompilation.tap('Liveroot', (compilation) => {
    compilation.hooks.additionalTreeRuntimeRequirements.tap('Liveroot', (chunk: Chunk) => {
      compilation.addRuntimeModule(chunk, new ManifestPathRuntimeModule())
    })
  })
}
