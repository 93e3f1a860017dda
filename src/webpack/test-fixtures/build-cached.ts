import { join } from 'node:path'
import { build, configure } from './build.ts'

// Arguments: output path, and the live packages. With webpack's persistent cache, which later processes read.
const [outputPath = '', ...live] = process.argv.slice(2)
const cache = { type: 'filesystem' as const, cacheDirectory: join(outputPath, 'cache') }
const [server, client] = configure('development', outputPath, {}, live)
// Enough to have client modules, server functions and hook libraries.
await build([
  { ...server, cache, entry: { main: './functions/page.tsx' } },
  { ...client, cache, entry: { main: './panel.ts' } },
])
