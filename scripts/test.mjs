// `npm test`: Jest, with its TypeScript configuration loaded by tsx (Jest's own loaders are packages more).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { run } from 'jest'
import { register } from 'tsx/esm/api'

const top = fileURLToPath(new URL('..', import.meta.url))
const options = process.argv.slice(2)

process.chdir(top)
const projects = options.indexOf('--selectProjects')
// Jest takes whatever follows the project for more projects, up to the next option.
if (projects >= 0) options.splice(projects + 2, 0, '--forceExit')
if (projects >= 0) await runJest()
else await runProjects()

async function runJest() {
  const unregister = register()
  const { default: config } = await import('../jest.config.ts')
  await unregister()
  // A test that fails may leave sockets open; the run must end all the same.
  await run([...options, '--config', JSON.stringify({ rootDir: top, ...config })])
}

/**
 * The browser's tests in a process of their own, after the others: beside them either would be slow by turns. The unit
 * tests have workers that begin anew when they have grown: what many files leave behind in one process makes the last of
 * them several times as slow.
 */
async function runProjects() {
  const codes = [
    await start('unit', '--maxWorkers=2', '--workerIdleMemoryLimit=400MB'),
    await start('browser', '--maxWorkers=2'),
  ]
  process.exitCode = Math.max(...codes)
}

async function start(project, ...more) {
  const args = [fileURLToPath(import.meta.url), ...options, ...more, '--passWithNoTests']
  args.push('--selectProjects', project)
  const [code] = await once(
    spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }),
    'exit',
  )
  return code ?? 1
}
