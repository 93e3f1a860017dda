import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import type { Done, Load } from './load.ts'

interface SoakFigures extends Figures {
  readonly connections: number
  readonly sessions: number
  readonly mounted: number
  readonly errors: readonly string[]
}

export interface SoakOptions {
  readonly seconds: number
  readonly sessions: number
  readonly seed: number
  readonly pauseMs: number
  /** Before the heap is measured first, so much of the same load runs: code is compiled and tables grow. */
  readonly warmUpSeconds: number
  /** How much larger the heap may be after than before. */
  readonly heapMargin: number
  readonly progress: (line: string) => void
}

export interface SoakReport {
  readonly wrong: readonly string[]
  readonly lines: readonly string[]
}

/** Sessions come, click, sleep and leave; when the last has left, the server holds what it held before the first. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, warmUpSeconds, heapMargin, progress } = options
  const server = Child.start(new URL('./server.ts', import.meta.url))
  const load = Child.start(new URL('./load.ts', import.meta.url))
  try {
    const port = await server.ask<number>('listen')
    const warm = await loaded(load, port, options, warmUpSeconds)
    const before = await settled(server)
    progress(`before: ${describe(before)}`)
    await server.ask('watch')
    const done = await loaded(load, port, options, seconds)
    const { median, p99, most } = await server.ask<Record<string, number>>('delays')
    const after = await settled(server)
    const ratio = after.heapBytes / before.heapBytes
    const lines = [
      `before: ${describe(before)}`,
      `after: ${describe(after)}; heap ${((ratio - 1) * 100).toFixed(1)} %`,
      `${done.sessions} sessions, ${done.clicks} clicks, ${done.sleeps} sleeps`,
      `event loop delay: median ${median?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, longest ${most?.toFixed(1)} ms`,
    ]
    const grown = ratio > 1 + heapMargin ? [`the heap has grown by ${((ratio - 1) * 100).toFixed(1)} %`] : []
    return { wrong: [...warm.wrong, ...done.wrong, ...left(before, after), ...grown], lines }
  } finally {
    await Promise.all([load.stop(), server.stop()])
  }
}

async function loaded(load: Child, port: number, options: SoakOptions, seconds: number): Promise<Done> {
  const { sessions, seed, pauseMs, progress } = options
  await load.ask('start', { port, sessions, seed, pauseMs } satisfies Load)
  const timer = setInterval(async () => {
    const done = await load.ask<Done>('done').catch(() => null)
    if (done !== null) progress(`${done.sessions} sessions, ${done.clicks} clicks, ${done.sleeps} sleeps`)
  }, 30_000)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  clearInterval(timer)
  return load.ask<Done>('stop')
}

/** Longer than a server waits for browsers that left without a word. */
const leavingMs = 120_000

async function settled(server: Child): Promise<SoakFigures> {
  const end = Date.now() + leavingMs
  for (;;) {
    const figures = await server.ask<SoakFigures>('figures')
    if ((figures.connections === 0 && figures.sessions === 0) || Date.now() > end) return figures
  }
}

function left(before: SoakFigures, after: SoakFigures): string[] {
  const { connections, sessions, mounted } = after
  const counts = Object.entries({ connections, sessions, mounted, ...after.resources })
  const known: Record<string, number> = { ...before.resources }
  const more = counts.filter(([name, count]) => count > (known[name] ?? 0))
  return [
    ...more.map(([name, count]) => `left: ${count} ${name}, ${known[name] ?? 0} before`),
    ...after.errors,
    ...after.failures,
  ]
}

function describe({ heapBytes, resources }: SoakFigures): string {
  return `heap ${(heapBytes / 1e6).toFixed(2)} MB, ${JSON.stringify(resources)}`
}
