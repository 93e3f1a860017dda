import { build, configure } from './build.ts'

// Arguments: mode, output path, and optionally `module` for a server bundle that is an ES module with exports.
const [mode, outputPath = '', format] = process.argv.slice(2)
const esm =
  format === 'module'
    ? {
        experiments: { css: true, outputModule: true },
        output: { path: `${outputPath}/server`, filename: 'main.mjs', module: true, library: { type: 'module' } },
      }
    : {}
const configurations = configure(mode === 'production' ? 'production' : 'development', outputPath, esm)
// Takes long, and this client is not looked at.
if (format === 'module') for (const each of configurations) each.optimization = { minimize: false }
await build(configurations)
