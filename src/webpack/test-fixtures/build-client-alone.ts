import { build, configure } from './build.ts'

// Argument: output path. The server's plugin is there, but its configuration is not built.
const [outputPath = ''] = process.argv.slice(2)
const [, client] = configure('development', outputPath)
await build([{ ...client, dependencies: [] }])
