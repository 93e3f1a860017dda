import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { PlanName, System } from './plans.ts'
import { serverFlags } from './server-flags.ts'

/** No measurement takes nearly as long. */
const usualLimitMs = 120_000

/** Measures one scenario: the server in one new process, its browsers in another. `directory` has the compiled code. */
export async function run<Figures>(
  directory: string,
  name: PlanName | 'scale',
  system: System,
  withProfile = false,
): Promise<Figures> {
  const server = start(path.join(directory, 'server/main.js'), [name, system])
  try {
    const port = await message<number>(server)
    const clients = start(path.join(directory, 'client/main.js'), [
      name,
      system,
      String(port),
      ...(withProfile ? ['profile'] : []),
    ])
    try {
      return await Promise.race([message<Figures>(clients), failure(server)])
    } finally {
      clients.kill()
    }
  } finally {
    server.kill()
  }
}

/** Starts a process of the benchmark; on one core of its own, where `core` is given. */
export function start(
  file: string,
  args: readonly string[],
  core?: number,
  timeLimitMs = usualLimitMs,
): ChildProcess {
  const isServer = path.basename(path.dirname(file)) === 'server'
  const node = ['--expose-gc', ...(isServer ? serverFlags : [])]
  const pinned = core !== undefined && canPin
  return fork(file, args, {
    // React decides by NODE_ENV when it is loaded.
    env: { ...process.env, NODE_ENV: 'production' },
    execPath: pinned ? 'taskset' : process.execPath,
    execArgv: pinned ? ['-c', String(core), process.execPath, ...node] : node,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeLimitMs,
  })
}

/** Whether processes can be held to one core each: where there is `taskset`, and more than one core. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0

/** The first thing that a process tells. */
export function message<T>(child: ChildProcess): Promise<T> {
  return Promise.race([new Promise<T>((resolve) => child.once('message', resolve as never)), failure(child)])
}

/** Rejects when a process ends. */
export function failure(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once('exit', (code, signal) => {
      reject(new Error(`A process of the benchmark ended early (${signal ?? `exit code ${code}`}).`))
    })
  })
}
