// `npm test`: Jest, with its TypeScript configuration loaded by tsx (Jest's own loaders are packages more).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { run } from 'jest'
import { register } from 'tsx/esm/api'

const top = fileURLToPath(new URL('..', import.meta.url))
const options = process.argv.slice(2)

process.chdir(top)
if (options.includes('--selectProjects')) await runJest()
else await runProjects()

async function runJest() {
  const unregister = register()
  const { default: config } = await import('../jest.config.ts')
  await unregister()
  // A test that fails may leave sockets open; the run must end all the same.
  await run(['--forceExit', ...options, '--config', JSON.stringify({ rootDir: top, ...config })])
}

/**
 * The browser's tests in a process of their own, beside the others. These have workers that begin anew when they have
 * grown: what many files leave behind in one process makes the last of them several times as slow.
 */
async function runProjects() {
  const unit = start('unit', 'inherit', '--maxWorkers=2', '--workerIdleMemoryLimit=400MB')
  const browser = start('browser', 'pipe')
  const said = []
  for (const stream of [browser.stdout, browser.stderr]) stream.on('data', (text) => said.push(text))
  const codes = await Promise.all([unit, browser].map(async (child) => (await once(child, 'exit'))[0] ?? 1))
  process.stderr.write(Buffer.concat(said))
  process.exitCode = Math.max(...codes)
}

function start(project, output, ...more) {
  const args = [fileURLToPath(import.meta.url), ...options, ...more, '--passWithNoTests']
  args.push('--selectProjects', project)
  return spawn(process.execPath, args, { stdio: ['ignore', output, output] })
}
