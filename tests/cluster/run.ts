import { type ServerFigures, Servers } from '../chaos/servers.ts'
import { type EngineName, newPlace, removePlace } from '../chaos/stores.ts'
import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import { Draw } from '../support/random.ts'
import type { Ended, OpenBrowsers } from './browsers.ts'
import { faultsOf } from './faults.ts'

export interface ClusterOptions {
  readonly seconds: number
  readonly seed: number
  readonly clients: number
  readonly clientsInRoom: number
  readonly servers: number
  /** Where sessions are kept, and what carries topics, presence and shared components. */
  readonly engine: EngineName
  readonly killEveryMs: number
  readonly meanPauseMs: number
  readonly progress?: (line: string) => void
}

export const defaultClusterOptions = {
  clients: 300,
  clientsInRoom: 10,
  servers: 3,
  killEveryMs: 15_000,
  meanPauseMs: 4_000,
} as const

export interface ClusterReport {
  /** What must not be; nothing, where all is well. */
  readonly wrong: readonly string[]
  readonly lines: readonly string[]
  readonly calls: number
  readonly kills: number
}

/** Longer than it takes on any machine. */
const patienceMs = 60_000

/** Servers that are killed one after the other, and browsers that chat, count and are present on them. */
export async function runCluster(options: ClusterOptions): Promise<ClusterReport> {
  const { engine, servers: count, clients, clientsInRoom, seed, meanPauseMs, progress = () => {} } = options
  const place = newPlace(engine)
  const servers = new Servers(new URL('./server.ts', import.meta.url), count, [engine, place])
  const browsers = Child.start(new URL('./browsers.ts', import.meta.url))
  const presence = new PresenceWatch(browsers, options.killEveryMs, progress)
  await servers.start()
  const open: OpenBrowsers = { targets: servers.ports, clients, clientsInRoom, seed, meanPauseMs }
  await browsers.ask('open', open)
  await presence.right()
  progress('everybody is here')
  await browsers.ask('run')
  if (options.killEveryMs > 0)
    servers.killEvery(options.killEveryMs, new Draw(seed), () => presence.afterKill())
  await new Promise((resolve) => setTimeout(resolve, options.seconds * 1000))
  await servers.spare()
  await browsers.ask('finish')
  progress('everybody has stopped')
  await presence.right()
  const { wrong, ended } = await settled(browsers)
  const lines = describe(ended, servers.kills, presence)
  await browsers.ask('leave')
  const live = await Promise.all([browsers.ask<Figures>('figures'), servers.figures()])
  const failures = live
    .flat()
    .flatMap((each) => [...each.failures, ...((each as ServerFigures).errors ?? [])])
  await Promise.all([browsers.stop(), servers.stop()])
  await removePlace(engine, place)
  const calls = ended.deeds.reduce((sum, each) => sum + callsOf(each), 0)
  return { wrong: [...presence.wrong, ...wrong, ...failures], lines, calls, kills: servers.kills }
}

/** What was sent last may not be on every screen yet. */
async function settled(browsers: Child): Promise<{ wrong: string[]; ended: Ended }> {
  const end = Date.now() + patienceMs
  for (;;) {
    const ended = await browsers.ask<Ended>('ended')
    const wrong = faultsOf(ended)
    if (wrong.length === 0 || Date.now() > end) return { wrong, ended }
  }
}

/** Looks whether everybody sees everybody. */
class PresenceWatch {
  readonly wrong: string[] = []
  /** How long after each kill it was right for good. */
  readonly rightAfterMs: number[] = []

  constructor(
    private readonly browsers: Child,
    private readonly killEveryMs: number,
    private readonly progress: (line: string) => void,
  ) {}

  /** Waits until it is right, for longer than it may take. */
  async right(): Promise<void> {
    await this.lastWrong(0)
  }

  async afterKill(): Promise<void> {
    // Right after the kill nobody knows of it, and all is as it was.
    const ms = await this.lastWrong(this.killEveryMs * 0.8)
    this.rightAfterMs.push(ms)
    this.progress(
      `killed: presence was right again after ${ms} ms; ${await this.browsers.ask('done')} calls so far`,
    )
  }

  /** Looks on for so long, and until it is right. */
  private async lastWrong(atLeastMs: number): Promise<number> {
    const start = Date.now()
    let last = 0
    for (;;) {
      const absent = await this.browsers.ask<string | null>('absent')
      const ms = Date.now() - start
      if (absent !== null) last = ms
      if (absent === null && ms >= atLeastMs) return last
      if (ms > patienceMs) {
        this.wrong.push(`presence is not right: ${absent}`)
        return last
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

function callsOf({ lines, interrupted, counted }: Ended['deeds'][number]): number {
  return lines.length + interrupted.length + Object.values(counted).flat().length
}

function describe(
  { deeds, records, connections }: Ended,
  kills: number,
  { rightAfterMs }: PresenceWatch,
): string[] {
  const sum = (of: (each: Ended['deeds'][number]) => number) => deeds.reduce((all, each) => all + of(each), 0)
  return [
    `${kills} kills, ${connections} connections of ${deeds.length} clients`,
    `${sum(({ lines }) => lines.length)} messages, and ${sum(({ interrupted }) => interrupted.length)} whose call was interrupted by a kill`,
    `${records.reduce((all, { lines }) => all + lines.length - new Set(lines.map(({ call }) => call)).size, 0)} messages that a call published again, for it ran again`,
    `${sum(({ counted }) => Object.values(counted).flat().length)} calls of shared components`,
    `presence was right at most ${Math.max(0, ...rightAfterMs)} ms after a kill`,
  ]
}
