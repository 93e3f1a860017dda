import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerName } from './brokers.ts'

/** A broker of a test's own, on a free port, with its data in a temporary folder: one that may be killed. */
export interface OwnBroker {
  readonly url: string
  /** Where its data are. */
  readonly folder: string
  /** Kills it as a crash would. */
  kill(): Promise<void>
  /** Starts it again with the same data, and waits until it answers. */
  start(): Promise<void>
  /** Kills it and removes its data. */
  remove(): Promise<void>
}

interface Recipe {
  /** Who has to run it, where root may not. */
  readonly user?: string
  readonly url: (port: number) => string
  readonly prepare?: (folder: string, as: Run) => void
  readonly command: (folder: string, port: number) => readonly string[]
  readonly environment?: (folder: string, port: number) => Record<string, string>
}

type Run = (command: string, args: readonly string[]) => void

const recipes: Record<BrokerName, Recipe> = {
  redis: {
    url: (port) => `redis://127.0.0.1:${port}`,
    command: (folder, port) =>
      words(
        `redis-server --bind 127.0.0.1 --port ${port} --dir ${folder} --appendonly yes --appendfsync always`,
      ),
  },
  nats: {
    url: (port) => `nats://127.0.0.1:${port}`,
    command: (folder, port) => words(`nats-server -a 127.0.0.1 -p ${port} -js -sd ${folder}`),
  },
  rabbitmq: {
    user: 'rabbitmq',
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    command: () => ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
    environment: (folder, port) => ({
      HOME: folder,
      RABBITMQ_NODENAME: `liveroot${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(port > 40_000 ? port - 20_000 : port + 20_000),
      // What the machine's own broker is configured with is not for this one.
      RABBITMQ_CONFIG_FILE: join(folder, 'none.conf'),
      RABBITMQ_MNESIA_BASE: folder,
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
    }),
  },
  postgres: {
    user: 'postgres',
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    prepare: (folder, as) =>
      as(postgresProgram('initdb'), words(`--auth trust --username postgres --pgdata ${folder} --no-sync`)),
    command: (folder, port) => [
      postgresProgram('postgres'),
      ...words(`-D ${folder} -h 127.0.0.1 -p ${port} -k ${folder}`),
    ],
  },
}

const words = (text: string) => text.split(' ')

function postgresProgram(name: string): string {
  const versions = '/usr/lib/postgresql'
  const newest = readdirSync(versions)
    .sort((a, b) => Number(a) - Number(b))
    .at(-1)
  return join(versions, newest as string, 'bin', name)
}

/** Starts a broker; it answers when this resolves. */
export async function startOwnBroker(broker: BrokerName): Promise<OwnBroker> {
  const own = new Process(recipes[broker], await freePort())
  await own.start()
  return own
}

class Process implements OwnBroker {
  readonly url: string
  readonly folder = mkdtempSync(join(tmpdir(), 'liveroot-broker-'))
  private child: ChildProcess | undefined

  constructor(
    private readonly recipe: Recipe,
    private readonly port: number,
  ) {
    this.url = recipe.url(port)
    const { user } = recipe
    if (user !== undefined && process.getuid?.() === 0) execFileSync('chown', [user, this.folder])
    chmodSync(this.folder, 0o700)
    recipe.prepare?.(this.folder, (command, args) => {
      execFileSync(
        this.as[0] ?? command,
        [...this.as.slice(1), ...(this.as.length > 0 ? [command] : []), ...args],
        {
          stdio: 'ignore',
        },
      )
    })
  }

  /** What stands before a command that root may not run. */
  private get as(): readonly string[] {
    const { user } = this.recipe
    return user !== undefined && process.getuid?.() === 0
      ? ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups']
      : []
  }

  async start(): Promise<void> {
    const { recipe, folder, port } = this
    const [program, ...args] = [...this.as, ...recipe.command(folder, port)] as [string, ...string[]]
    const env = { ...process.env, ...recipe.environment?.(folder, port) }
    this.child = spawn(program, args, { env, stdio: 'ignore', cwd: folder })
    await until(() => answers(port), `The broker at ${this.url} does not answer.`)
  }

  async kill(): Promise<void> {
    const { child } = this
    if (child === undefined) return
    this.child = undefined
    const pids = [this.pidFile('pid'), child.pid]
    const ended = once(child, 'exit')
    for (const pid of pids) if (pid !== undefined) end(pid)
    if (child.exitCode === null && child.signalCode === null) await ended
    await until(async () => !(await answers(this.port)), `The broker at ${this.url} goes on.`)
    // PostgreSQL waits for its workers' end before it takes the folder again.
    rmSync(join(this.folder, 'postmaster.pid'), { force: true })
  }

  /** RabbitMQ's server is the child of a script. */
  private pidFile(name: string): number | undefined {
    const file = join(this.folder, name)
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** RabbitMQ knows its streams after a crash when this file says where their coordinator is: a second after the first of all. */
export function streamsFileOf({ folder, url }: OwnBroker): string {
  const node = `liveroot${new URL(url).port}@localhost`
  return join(folder, node, 'coordination', node, 'names.dets')
}

/** @returns whether the broker has written there where its streams are. */
export function knowsStreams(own: OwnBroker): boolean {
  const file = streamsFileOf(own)
  return existsSync(file) && readFileSync(file, 'latin1').includes('rabbit_stream_coordinator')
}

async function until(condition: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + 180_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(otherwise)
    await sleep(50)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
