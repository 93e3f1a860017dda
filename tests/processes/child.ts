import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface ChildOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Lower than others' priority, as `nice` counts. 0. */
  readonly niceness?: number
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** A program of a test in a process of its own, which answers questions: its other half is {@link answerParent}. */
export class Child {
  private readonly waiting = new Map<number, Waiting>()
  private last = 0
  private said = ''
  /** How the process ended; null while it runs. */
  ended: string | null = null
  readonly end: Promise<string>

  private constructor(private readonly process: ChildProcess) {
    process.stderr?.on('data', (text) => {
      this.said = (this.said + text).slice(-4_000)
    })
    process.on('message', ({ id, value, error }: { id: number; value: unknown; error?: string }) => {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (error === undefined) waiting?.resolve(value)
      else waiting?.reject(new Error(error))
    })
    this.end = once(process, 'exit').then(([code, signal]) => {
      this.ended = `${signal ?? `exit code ${code}`}${this.said === '' ? '' : `\n${this.said}`}`
      for (const { reject } of this.waiting.values()) reject(new Error(`The process ended: ${this.ended}`))
      this.waiting.clear()
      return this.ended
    })
  }

  /** Starts a program of this repository's TypeScript, in production. */
  static start(file: URL, { args = [], env = {} }: ChildOptions = {}): Child {
    const child = fork(fileURLToPath(file), args, {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      execArgv: ['--expose-gc', '--conditions=liveroot-source', '--import', 'tsx'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    return new Child(child)
  }

  get pid(): number {
    return this.process.pid as number
  }

  /** Asks what the program answers to `name`. Rejects when it throws, or ends before. */
  ask<T>(name: string, argument?: unknown): Promise<T> {
    const id = ++this.last
    return new Promise<T>((resolve, reject) => {
      if (this.ended !== null) return reject(new Error(`The process ended: ${this.ended}`))
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      // It may be ending: whoever asks hears of that when it has.
      this.process.send({ id, name, argument }, () => {})
    })
  }

  /** As `kill -9`: nothing in the process hears of it. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.end
  }

  /** Lets go of the process, which ends by itself then. */
  async stop(): Promise<void> {
    if (this.process.connected) this.process.disconnect()
    await this.end
  }
}
