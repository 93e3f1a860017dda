import { build, configure } from './build.ts'

// Arguments: mode, output path, and optionally `module` for an ESM server bundle.
const [mode, outputPath = '', format] = process.argv.slice(2)
const esm =
  format === 'module'
    ? {
        experiments: { css: true, outputModule: true },
        output: { path: `${outputPath}/server`, filename: 'main.mjs', module: true },
      }
    : {}
await build(configure(mode === 'production' ? 'production' : 'development', outputPath, esm))
