import { readFileSync } from 'node:fs'
import type { Child } from './child.ts'

export interface Patience {
  /** Turns of its event loop that a program may take, some milliseconds of work each. 3,000. */
  readonly turns: number
  /** A program that computes for longer in one turn hangs. 60,000. */
  readonly turnCpuMs: number
}

/** Most of what is waited for comes before the first look at a program. */
const firstLookMs = 500
const lookMs = 20
/** How long a turn may take where the system does not tell how long a program has computed. */
const turnMs = 1_800_000

/**
 * Waits for what programs shall bring about. How long is told by what they do and not by the clock, for a machine may
 * have no time for them: rejects when each of them has taken many turns since, or one hangs in a turn.
 */
export async function patiently<T>(
  programs: readonly Child[],
  result: Promise<T>,
  { turns = 3_000, turnCpuMs = 60_000 }: Partial<Patience> = {},
): Promise<T> {
  const wait = new Wait(programs, { turns, turnCpuMs })
  return Promise.race([result, wait.inVain()]).finally(() => wait.end())
}

class Wait {
  private over = false

  constructor(
    private readonly programs: readonly Child[],
    private readonly patience: Patience,
  ) {}

  end(): void {
    this.over = true
  }

  /** Rejects when it has taken too long; until then it waits. */
  async inVain(): Promise<never> {
    await pause(firstLookMs)
    for (let turn = 0; turn < this.patience.turns && !this.over; turn++) {
      await Promise.all(this.programs.map((program) => this.turnOf(program)))
      await pause(lookMs)
    }
    throw new Error(`Nothing came of it in ${this.patience.turns} turns.`)
  }

  private async turnOf(program: Child): Promise<void> {
    const [start, cpuMs] = [Date.now(), cpuMsOf(program)]
    let taken = false
    const turn = program.ask('look').finally(() => {
      taken = true
    })
    while (!taken && !this.over) {
      await Promise.race([turn, pause(lookMs)])
      const hangs = cpuMsOf(program) - cpuMs > this.patience.turnCpuMs || Date.now() - start > turnMs
      if (hangs && !taken) throw new Error('It hangs in one turn of its event loop.')
    }
    // It ended: whoever waits for its answer hears of that.
    turn.catch(() => {})
  }
}

/** How long a program has computed; 0 where the system does not say. */
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
