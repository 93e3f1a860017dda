import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import type { PlanName, System } from './plans.ts'

/** No measurement takes nearly as long. */
const timeLimitMs = 60_000

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

function start(file: string, args: readonly string[]): ChildProcess {
  return fork(file, args, {
    // React decides by NODE_ENV when it is loaded.
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeLimitMs,
  })
}

function message<T>(child: ChildProcess): Promise<T> {
  return Promise.race([new Promise<T>((resolve) => child.once('message', resolve as never)), failure(child)])
}

function failure(child: ChildProcess): Promise<never> {
  return new Promise((_, reject) => {
    child.once('exit', (code, signal) => {
      reject(new Error(`A process of the benchmark ended early (${signal ?? `exit code ${code}`}).`))
    })
  })
}
