import { join } from 'node:path'
import { build, configure } from './build.ts'

// Arguments: output path, and the live packages. With webpack's persistent cache, which later processes read.
const [outputPath = '', ...live] = process.argv.slice(2)
const cache = { type: 'filesystem' as const, cacheDirectory: join(outputPath, 'cache') }
await build(
  configure('development', outputPath, {}, live).map((configuration) => ({ ...configuration, cache })),
)
