import { join } from 'node:path'
import { build, configure } from './build.ts'

// Argument: output path. With webpack's persistent cache, which the second process reads.
const [outputPath = ''] = process.argv.slice(2)
const cache = { type: 'filesystem' as const, cacheDirectory: join(outputPath, 'cache') }
await build(configure('development', outputPath).map((configuration) => ({ ...configuration, cache })))
