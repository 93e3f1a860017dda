import { build, configure } from './build.ts'

export interface BuildOptions {
  readonly mode: 'development' | 'production'
  readonly outputPath: string
  /** The server bundle is an ES module with exports, and nobody looks at the client. */
  readonly esm?: boolean
}

export function buildOnce({ mode, outputPath, esm = false }: BuildOptions): Promise<void> {
  if (!esm) return build(configure(mode, outputPath))
  const [server, client] = configure(mode, outputPath, {
    experiments: { css: true, outputModule: true },
    output: { path: `${outputPath}/server`, filename: 'main.mjs', module: true, library: { type: 'module' } },
  })
  if (server === undefined || client === undefined) throw new Error('There are two configurations.')
  return build([server, { ...client, entry: { main: './panel.ts' }, optimization: { minimize: false } }])
}
