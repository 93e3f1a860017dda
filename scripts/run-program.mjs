import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a program of the repository's TypeScript with this command's options, and ends as it ends. */
export function runProgram(file) {
  const options = [
    '--expose-gc',
    '--conditions=liveroot-source',
    '--import',
    'tsx',
    file,
    ...process.argv.slice(2),
  ]
  const { status } = spawnSync(process.execPath, options, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}
