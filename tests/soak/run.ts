import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import type { Done, Load } from './load.ts'
import { forgetMs } from './times.ts'

interface SoakFigures extends Figures {
  readonly connections: number
  readonly sessions: number
  readonly mounted: number
  readonly naps: Readonly<Record<'asleep' | 'awake', number>>
  readonly errors: readonly string[]
}

export interface SoakOptions {
  readonly seconds: number
  readonly sessions: number
  readonly seed: number
  readonly pauseMs: number
  /**
   * Before the heap is measured first, so much of the same load runs. The engine compiles what is called often, for
   * thousands of sessions: what it adds is a tenth of the heap of a server that has nobody left.
   */
  readonly warmUpSeconds: number
  /** By how much the heap, what of it is not code, and the number of handles of each kind, may differ after from before. */
  readonly margin: number
  readonly progress: (line: string) => void
}

export interface SoakReport {
  readonly wrong: readonly string[]
  readonly lines: readonly string[]
}

/** Sessions come, click, sleep and leave; when the last has left, the server holds what it held before the first. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, warmUpSeconds, margin, progress } = options
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
    const lines = [
      `before: ${describe(before)}`,
      `after: ${describe(after)}; ${percents(before, after)}`,
      `${done.sessions} sessions, ${done.clicks} clicks, ${done.sleeps} times away`,
      `${after.naps.asleep - before.naps.asleep} fell asleep though their browser was there, ${after.naps.awake - before.naps.awake} woke`,
      `event loop delay: median ${median?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, longest ${most?.toFixed(1)} ms`,
    ]
    const other = heapParts.filter(([, bytes]) => differs(bytes(before), bytes(after), margin))
    const heap = other.map(([name]) => `another ${name}: ${percents(before, after)}`)
    return { wrong: [...warm.wrong, ...done.wrong, ...changed(before, after, margin), ...heap], lines }
  } finally {
    await Promise.all([load.stop(), server.stop()])
  }
}

async function loaded(load: Child, port: number, options: SoakOptions, seconds: number): Promise<Done> {
  const { sessions, seed, pauseMs, progress } = options
  await load.ask('start', { port, sessions, seed, pauseMs } satisfies Load)
  const timer = setInterval(async () => {
    const done = await load.ask<Done>('done').catch(() => null)
    if (done !== null) progress(`${done.sessions} sessions, ${done.clicks} clicks, ${done.sleeps} times away`)
  }, 30_000)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  clearInterval(timer)
  return load.ask<Done>('stop')
}

/** Longer than a server waits for browsers that left without a word. */
const leavingMs = 120_000

/** What the server holds when nobody is there, and its store has forgotten those that were. */
async function settled(server: Child): Promise<SoakFigures> {
  const end = Date.now() + leavingMs
  for (;;) {
    const { connections, sessions } = await server.ask<SoakFigures>('figures')
    if ((connections === 0 && sessions === 0) || Date.now() > end) break
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  await new Promise((resolve) => setTimeout(resolve, forgetMs))
  return server.ask<SoakFigures>('figures')
}

/** What must be as large after as before. */
const heapParts: readonly (readonly [string, (figures: Figures) => number])[] = [
  ['heap', ({ heapBytes }) => heapBytes],
  ['heap without code', ({ heapBytes, codeBytes }) => heapBytes - codeBytes],
]

function percents(before: Figures, after: Figures): string {
  const parts = heapParts.map(([name, bytes]) => {
    return `${name} ${((bytes(after) / bytes(before) - 1) * 100).toFixed(1)} %`
  })
  return parts.join(', ')
}

function differs(before: number, after: number, margin: number): boolean {
  return Math.abs(after - before) > before * margin
}

/** Handles that are others than before, and what must not be left or happen at all. */
function changed(before: SoakFigures, after: SoakFigures, margin: number): string[] {
  const { connections, sessions, mounted } = after
  const [was, is] = [before.resources, after.resources]
  const kinds = new Set([...Object.keys(was), ...Object.keys(is)])
  const others = [...kinds].filter((kind) => differs(was[kind] ?? 0, is[kind] ?? 0, margin))
  const left = Object.entries({ connections, sessions, mounted }).filter(([, count]) => count > 0)
  return [
    ...others.map((kind) => `${is[kind] ?? 0} ${kind}, ${was[kind] ?? 0} before`),
    ...left.map(([name, count]) => `left: ${count} ${name}`),
    ...[before, after].flatMap(({ errors, failures }) => [...errors, ...failures]),
  ]
}

function describe({ heapBytes, codeBytes, resources }: SoakFigures): string {
  const [heap, code] = [heapBytes, codeBytes].map((bytes) => (bytes / 1e6).toFixed(2))
  return `heap ${heap} MB, of which ${code} MB is code; ${JSON.stringify(resources)}`
}
