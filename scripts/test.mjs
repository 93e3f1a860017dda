// `npm test`: Jest, with its TypeScript configuration loaded by tsx (Jest's own loaders are packages more).
import { fileURLToPath } from 'node:url'
import { run } from 'jest'
import { register } from 'tsx/esm/api'

const top = fileURLToPath(new URL('..', import.meta.url))
process.chdir(top)
const unregister = register()
const { default: config } = await import('../jest.config.ts')
await unregister()
// A test that fails may leave sockets open; the run must end all the same.
await run(['--forceExit', ...process.argv.slice(2), '--config', JSON.stringify({ rootDir: top, ...config })])
