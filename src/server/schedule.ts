import { randomUUID } from 'node:crypto'
import { Cron } from 'croner'
import { LiverootError } from '../errors.ts'
import type { Publish } from '../live/hooks.ts'
import { Publishes } from './publishes.ts'
import type { RunningSource, Source, SourceHost } from './source.ts'

/** What the handler of a schedule gets. */
export interface TickContext {
  /** Publishes to a topic of the live server. */
  readonly publish: Publish
  /** The time that the tick stands for, whenever it is run. */
  readonly at: Date
  /** Aborted when the server shuts down and does not wait for the handler any longer. */
  readonly signal: AbortSignal
}

/** Runs at a tick, on one server of all. What it throws goes to `onError`; the next tick comes all the same. */
export type TickHandler = (context: TickContext) => unknown

/** What {@link schedule} and {@link every} take beside the handler. */
export interface ScheduleOptions {
  /** Names it to the other servers. By default the pattern and the time zone: name schedules that have the same ones. */
  readonly name?: string
}

/**
 * Makes a trigger of the clock: `schedule('0 9 * * MON-FRI', handler, { timeZone: 'Europe/Copenhagen' })`.
 *
 * Each tick is run by exactly one server of those that share the `locks` of `createLiveServer`, at most once: when that server
 * dies meanwhile, nobody runs the tick again. A server that is still at the tick before leaves the next one to the others.
 * Ticks while no server runs are not made up for.
 *
 * @param pattern cron: minute, hour, day, month, weekday; with six fields the first is the second.
 * @param options the time zone of the pattern, by its IANA name; that of the process by default: say one where servers differ.
 * @returns the source, for `createLiveServer({ sources })`.
 * @throws `bad_schedule` when the pattern or the time zone is malformed.
 */
export function schedule(
  pattern: string,
  handler: TickHandler,
  options: ScheduleOptions & { readonly timeZone?: string } = {},
): Source {
  const { timeZone, name = [pattern, timeZone].filter(Boolean).join(' ') } = options
  const cron = parse(pattern, timeZone)
  return makeSource(`schedule ${name}`, handler, (after) => cron.nextRun(after))
}

/**
 * Makes a trigger that comes again and again, by the clock: `every(5_000, handler)` at each multiple of five seconds, on one
 * server at a time, as {@link schedule} does.
 *
 * @param intervalMs at least 100.
 * @returns the source, for `createLiveServer({ sources })`.
 * @throws `bad_schedule` when the interval is shorter, or no number.
 */
export function every(intervalMs: number, handler: TickHandler, options: ScheduleOptions = {}): Source {
  if (!(intervalMs >= 100 && Number.isFinite(intervalMs)))
    throw new LiverootError('bad_schedule', `An interval of ${intervalMs} ms is less than 100.`)
  const { name = `every ${intervalMs} ms` } = options
  const next = (after: Date) => new Date((Math.floor(after.getTime() / intervalMs) + 1) * intervalMs)
  return makeSource(`schedule ${name}`, handler, next)
}

function parse(pattern: string, timeZone: string | undefined): Cron {
  try {
    const cron = new Cron(pattern, {
      paused: true,
      ...(timeZone === undefined ? {} : { timezone: timeZone }),
    })
    // A wrong time zone is noticed when it is used.
    cron.nextRun()
    return cron
  } catch (cause) {
    throw new LiverootError('bad_schedule', `"${pattern}": ${(cause as Error).message}`, { cause })
  }
}

/** The first tick after a time; null when there is none. */
type NextTick = (after: Date) => Date | null

function makeSource(name: string, handler: TickHandler, next: NextTick): Source {
  return { name, start: (host) => new RunningSchedule(name, handler, next, host) }
}

/** Timers cannot wait longer than 24.8 days; and clocks are set. */
const longestWaitMs = 3_600_000
/** A tick stays claimed for longer than clocks of servers differ. */
const claimMs = 600_000
const claimAttempts = 3
const claimDelayMs = 500
/** How long after giving up a handler may go on. */
const lastMs = 1_000

class RunningSchedule implements RunningSource {
  private readonly owner = randomUUID()
  private readonly stopping = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | null = null
  private stopped = false

  constructor(
    private readonly name: string,
    private readonly handler: TickHandler,
    private readonly next: NextTick,
    private readonly host: SourceHost,
  ) {
    this.plan(new Date())
  }

  async stop(giveUp: AbortSignal): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    if (this.running === null) return
    await Promise.race([this.running, this.last(giveUp)])
  }

  private async last(giveUp: AbortSignal): Promise<void> {
    if (!giveUp.aborted) await new Promise((resolve) => giveUp.addEventListener('abort', resolve))
    this.stopping.abort(new LiverootError('server_closing'))
    await new Promise((resolve) => setTimeout(resolve, lastMs).unref())
  }

  /** Waits for the first tick after that time. */
  private plan(after: Date): void {
    const at = this.next(after)
    if (at === null) return
    const wait = () => {
      const leftMs = at.getTime() - Date.now()
      if (leftMs > 0) this.timer = setTimeout(wait, Math.min(leftMs, longestWaitMs))
      else this.tick(at)
    }
    wait()
  }

  private tick(at: Date): void {
    this.running ??= this.claimAndRun(at).finally(() => {
      this.running = null
    })
    // A machine that slept does not run all that it missed.
    this.plan(new Date(Math.max(at.getTime(), Date.now())))
  }

  private async claimAndRun(at: Date): Promise<void> {
    try {
      if (!(await this.claim(`${this.name}@${at.toISOString()}`))) return
    } catch (error) {
      this.host.failed(error, 'locks_failed', this.name)
      return
    }
    const publishes = new Publishes(this.host.publish)
    try {
      await this.handler({ publish: publishes.publish, at, signal: this.stopping.signal })
      await publishes.done()
    } catch (error) {
      this.host.failed(error, 'schedule_failed', this.name)
    }
  }

  /** Asks again where the answer did not come: the claim is this server's then, if it was made. */
  private async claim(name: string): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.host.locks.claim(name, this.owner, claimMs)
      } catch (error) {
        if (attempt === claimAttempts || this.stopped) throw error
        await new Promise((resolve) => setTimeout(resolve, claimDelayMs))
      }
    }
  }
}
