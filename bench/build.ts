import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = path.join(root, 'build/bench')

/** What the package's own `package.json` says, for this copy of the sources. */
const packageJson = {
  name: 'liveroot',
  type: 'module',
  exports: { '.': './src/index.js' },
  imports: { '#flight-server': './src/server/flight/unbundled.js' },
}

/**
 * Compiles the benchmark and the sources as the package is compiled. Run by `tsx`, every closure would get a property
 * for its name, which shows in a live root's weight. Returns the directory of the compiled benchmark.
 */
export function build(): string {
  const typescript = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const tsc = path.join(typescript, 'bin/tsc')
  const args = [tsc, '-p', path.join(root, 'bench/tsconfig.json')]
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', process.stderr, 'inherit'] })
  if (status !== 0) throw new Error('The benchmark does not compile.')
  writeFileSync(path.join(output, 'package.json'), JSON.stringify(packageJson))
  return path.join(output, 'bench')
}
