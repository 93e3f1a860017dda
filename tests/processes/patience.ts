import { readFileSync } from 'node:fs'
import type { Child } from './child.ts'

export interface Patience {
  /** Turns of its event loop that a program may take, some milliseconds of work each. 3,000. */
  readonly turns: number
  /** A program that computes for longer in one turn hangs. 60,000. */
  readonly turnCpuMs: number
}

interface Wait extends Patience {
  left: number
  resolve(): void
  reject(error: Error): void
}

const lookMs = 20
/** Between two looks at how long a program has computed, while it does not answer. */
const cpuLookMs = 500
/** How long a turn may take where the system does not tell that. */
const turnMs = 1_800_000

/**
 * Waits for what programs shall bring about. How long is told by what they do and not by the clock, for a machine may
 * have no time for them: rejects when each of them has taken many turns since, or one hangs in a turn, or ends.
 */
export async function patiently<T>(
  programs: readonly Child[],
  result: Promise<T>,
  { turns = 3_000, turnCpuMs = 60_000 }: Partial<Patience> = {},
): Promise<T> {
  const waits = programs.map((program) => Watch.of(program).begin({ turns, turnCpuMs }))
  const inVain = Promise.all(waits.map(({ over }) => over)).then((): never => {
    throw new Error(`Nothing came of it in ${turns} turns.`)
  })
  return Promise.race([result, inVain]).finally(() => {
    for (const { end } of waits) end()
  })
}

/** Counts the turns of a program while somebody waits for it: one question at a time, however many wait. */
class Watch {
  private static readonly all = new WeakMap<Child, Watch>()
  private readonly waits = new Set<Wait>()
  private running = false

  private constructor(private readonly program: Child) {}

  static of(program: Child): Watch {
    const watch = Watch.all.get(program) ?? new Watch(program)
    Watch.all.set(program, watch)
    return watch
  }

  /** `over` resolves after so many turns, and rejects when there will be no more. */
  begin(patience: Patience): { over: Promise<void>; end(): void } {
    let end = (): void => {}
    const over = new Promise<void>((resolve, reject) => {
      const wait: Wait = { ...patience, left: patience.turns, resolve, reject }
      this.waits.add(wait)
      end = () => void this.waits.delete(wait)
    })
    if (!this.running) void this.run()
    return { over, end }
  }

  private async run(): Promise<void> {
    this.running = true
    while (this.waits.size > 0) {
      await this.turn().catch((error) => this.fail(() => true, error))
    }
    this.running = false
  }

  private async turn(): Promise<void> {
    const [start, cpuMs] = [Date.now(), cpuMsOf(this.program)]
    const turn = this.program.ask('look').then(() => true)
    while (!(await Promise.race([turn, pause(cpuLookMs)]))) {
      const usedMs = cpuMsOf(this.program) - cpuMs
      const late = Date.now() - start > turnMs
      this.fail(({ turnCpuMs }) => late || usedMs > turnCpuMs, new Error('It hangs in one turn.'))
    }
    for (const wait of this.waits) if (--wait.left <= 0) wait.resolve()
    await pause(lookMs)
  }

  private fail(which: (wait: Wait) => boolean, error: Error): void {
    for (const wait of this.waits) if (which(wait)) wait.reject(error)
  }
}

/** How long a process has computed; 0 where the system does not say. */
function cpuMsOf({ pid }: Child): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')
    const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
    // In hundredths of a second, on every Linux.
    return (user + system) * 10
  } catch {
    return 0
  }
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref())
}
