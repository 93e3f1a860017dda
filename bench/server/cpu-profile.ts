import { type Profiler, Session } from 'node:inspector/promises'

/** How many functions are told. */
const longest = 30

/** Where the time of the measured rounds goes: the functions with the most time of their own. */
export class CpuProfile {
  private readonly session = new Session()
  private readonly rounds: { readonly from: number; readonly to: number }[] = []

  async start(): Promise<null> {
    this.session.connect()
    await this.session.post('Profiler.enable')
    await this.session.post('Profiler.setSamplingInterval', { interval: 100 })
    await this.session.post('Profiler.start')
    return null
  }

  /** Says when a round was measured; what lies outside, such as mounting, is left out. By the clock of {@link now}. */
  addRound(from: number, to: number): void {
    this.rounds.push({ from, to })
  }

  async stop(): Promise<string[]> {
    const { profile } = await this.session.post('Profiler.stop')
    this.session.disconnect()
    return lines(profile, ownTimes(profile, this.rounds))
  }
}

/** The profiler's clock, in microseconds. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

type Rounds = readonly { readonly from: number; readonly to: number }[]

/** Microseconds by node. */
function ownTimes(profile: Profiler.Profile, rounds: Rounds): Map<number, number> {
  const { samples = [], timeDeltas = [], startTime } = profile
  const own = new Map<number, number>()
  let at = startTime
  samples.forEach((id, i) => {
    at += timeDeltas[i] ?? 0
    if (!rounds.some(({ from, to }) => at >= from && at <= to)) return
    own.set(id, (own.get(id) ?? 0) + (timeDeltas[i + 1] ?? 0))
  })
  return own
}

function lines({ nodes }: Profiler.Profile, own: ReadonlyMap<number, number>): string[] {
  const byFunction = new Map<string, number>()
  let busy = 0
  for (const { id, callFrame } of nodes) {
    const name = nameOf(callFrame)
    if (name === '(idle)') continue
    const time = own.get(id) ?? 0
    busy += time
    byFunction.set(name, (byFunction.get(name) ?? 0) + time)
  }
  return [...byFunction]
    .sort((a, b) => b[1] - a[1])
    .slice(0, longest)
    .map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
}

function nameOf({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string {
  const file = url.split('/').slice(-2).join('/')
  const name = functionName || '(anonymous)'
  return file === '' ? name : `${name}  ${file}:${lineNumber + 1}`
}
