import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export type StoreKind = 'file' | 'redis' | 'nats'

/** A server in a process of its own, which can be killed and started again on the same port and store. */
export class Killable {
  port = 0
  private child: ChildProcess | null = null

  constructor(
    private readonly kind: StoreKind,
    private readonly where: string,
  ) {}

  async start(version = 'old'): Promise<void> {
    const args = ['--import', 'tsx', '--conditions', 'liveroot-source', path.join(__dirname, 'serve.ts')]
    const child = spawn(process.execPath, [...args, String(this.port), this.kind, this.where, version], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    this.child = child
    const started = once(child, 'message') as Promise<[number]>
    const ended = once(child, 'exit').then(() => {
      throw new Error('The server did not start.')
    })
    ended.catch(() => {})
    ;[this.port] = await Promise.race([started, ended])
  }

  /** `kill -9`: nothing of it runs any more. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this
    this.child = null
    if (child === null || child.exitCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}
