import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import webpack, { type Configuration } from 'webpack'
import { Liveroot } from '../index.ts'

/** For the app's files, and for Liveroot's own where they are run from source. */
export const compileTypeScript = {
  test: /\.tsx?$/,
  loader: 'swc-loader',
  options: {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      target: 'es2022',
      transform: { react: { runtime: 'automatic' } },
    },
  },
}

const app = fileURLToPath(new URL('./app/', import.meta.url))

/**
 * The fixture app's two configurations.
 *
 * @param outputPath where both go
 * @param overrides merged over the server's configuration, one level deep
 */
export function configure(
  mode: 'development' | 'production',
  outputPath: string,
  overrides: Configuration = {},
  live = ['jotai', '@tanstack/react-query'],
): Configuration[] {
  const liveroot = new Liveroot({ live })
  const shared: Configuration = {
    context: app,
    mode,
    experiments: { css: true },
    module: {
      rules: [
        { test: /\.css$/, sideEffects: true },
        {
          // A copy: the loader notes the mode of the build in its options.
          oneOf: [{ resourceQuery: /raw/, type: 'asset/source' }, structuredClone(compileTypeScript)],
        },
      ],
    },
    resolve: { conditionNames: ['liveroot-source', '...'] },
  }
  const server: Configuration = {
    ...shared,
    name: 'server',
    target: 'node20',
    entry: { main: './server.tsx' },
    output: { path: join(outputPath, 'server'), filename: 'nested/[name].cjs', clean: true },
    optimization: { minimize: false },
    externals: { bufferutil: 'commonjs bufferutil', 'utf-8-validate': 'commonjs utf-8-validate' },
    plugins: [liveroot.server()],
    ...overrides,
  }
  const client: Configuration = {
    ...shared,
    name: 'client',
    dependencies: ['server'],
    target: 'web',
    entry: { main: './client.ts' },
    output: { path: join(outputPath, 'client'), publicPath: '/assets/', filename: '[name].js' },
    // How large it is, is not what is tested; every other warning fails the build.
    performance: { hints: false },
    plugins: [liveroot.client()],
  }
  return [server, client]
}

/** Compiles once; throws with webpack's errors and warnings. */
export function build(configurations: Configuration[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const compiler = webpack(configurations)
    compiler.run((error, stats) => {
      compiler.close(() => {
        if (error) reject(error)
        else if (stats?.hasErrors() || stats?.hasWarnings())
          reject(new Error(stats.toString('errors-warnings')))
        else resolve()
      })
    })
  })
}
