import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Compiler, Configuration, RuleSetRule } from 'webpack'
import { Liveroot } from './src/webpack/index.ts'

type Mode = 'development' | 'production'

const root = fileURLToPath(new URL('.', import.meta.url))
const publicPath = '/assets/'

/** The demo app: `server-entry` and `client-entry`, built from Liveroot's own sources. */
export default function configure(_env: unknown, argv: { mode?: string }): Configuration[] {
  const mode: Mode = argv.mode === 'development' ? 'development' : 'production'
  const liveroot = new Liveroot()
  return [
    {
      ...shared(mode),
      name: 'server',
      target: 'node20',
      entry: { main: './server-entry/main.ts' },
      output: { path: join(root, 'build/server'), filename: '[name].cjs', clean: true },
      // Component names are part of warnings and errors, and nothing is downloaded.
      optimization: { minimize: false },
      // ws and redis use these when they are installed, and work without.
      externals: {
        bufferutil: 'commonjs bufferutil',
        'utf-8-validate': 'commonjs utf-8-validate',
        '@node-rs/xxhash': 'commonjs @node-rs/xxhash',
        // Loaded where the board is fed from a queue.
        amqplib: 'commonjs amqplib',
      },
      plugins: [liveroot.server()],
    },
    {
      ...shared(mode),
      name: 'client',
      dependencies: ['server'],
      target: ['web', 'es2022'],
      entry: { main: './client-entry/main.tsx' },
      output: {
        path: join(root, 'build/client'),
        publicPath,
        filename: mode === 'production' ? '[name].[contenthash:10].js' : '[name].js',
        cssFilename: mode === 'production' ? '[name].[contenthash:10].css' : '[name].css',
        clean: true,
      },
      plugins: [liveroot.client(), { apply: emitEntryAssets }],
    },
  ]
}

function shared(mode: Mode): Configuration {
  return {
    context: root,
    mode,
    devtool: mode === 'production' ? 'source-map' : 'cheap-module-source-map',
    experiments: { css: true },
    module: { rules: rules(mode) },
    performance: { hints: false },
    resolve: {
      conditionNames: ['liveroot-source', '...'],
      extensions: ['...', '.ts', '.tsx'],
      alias: {
        liveroot$: join(root, 'src/index.ts'),
        'liveroot/jsx-runtime$': join(root, 'src/jsx-runtime.ts'),
        'liveroot/jsx-dev-runtime$': join(root, 'src/jsx-dev-runtime.ts'),
        'liveroot/server$': join(root, 'src/server/index.ts'),
        'liveroot/rabbitmq$': join(root, 'src/adapters/rabbitmq/index.ts'),
        'liveroot/redis$': join(root, 'src/adapters/redis/index.ts'),
        'liveroot/client$': join(root, 'src/client/index.ts'),
      },
    },
  }
}

function rules(mode: Mode): RuleSetRule[] {
  return [
    // The package says that its modules have no side effects; a style sheet has no other use.
    { test: /\.css$/, sideEffects: true },
    { test: /[\\/](client|server)-entry[\\/]/, sideEffects: true },
    {
      oneOf: [
        // `import source from './counter.tsx?raw'`: the file's text, to show it.
        { resourceQuery: /raw/, type: 'asset/source' },
        {
          test: /\.tsx?$/,
          loader: 'swc-loader',
          options: {
            swcrc: false,
            jsc: {
              parser: { syntax: 'typescript', tsx: true },
              target: 'es2022',
              transform: { react: { runtime: 'automatic', development: mode === 'development' } },
            },
          },
        },
      ],
    },
  ]
}

/** Writes `assets.json`: the URLs of what a page must load for the main entry. */
function emitEntryAssets(compiler: Compiler): void {
  const { Compilation, sources } = compiler.webpack
  compiler.hooks.thisCompilation.tap('EntryAssets', (compilation) => {
    // After the stage at which files get their final, hashed names.
    const stage = Compilation.PROCESS_ASSETS_STAGE_REPORT
    compilation.hooks.processAssets.tap({ name: 'EntryAssets', stage }, () => {
      const files = compilation.entrypoints.get('main')?.getFiles() ?? []
      const urls = (extension: string) =>
        files.filter((file) => file.endsWith(extension)).map((file) => publicPath + file)
      const assets = { scripts: urls('.js'), styles: urls('.css') }
      compilation.emitAsset('assets.json', new sources.RawSource(JSON.stringify(assets)))
    })
  })
}
