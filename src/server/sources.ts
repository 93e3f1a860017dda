import { LiverootError } from '../errors.ts'
import type { LivePart } from './lifecycle.ts'
import type { RunningSource, Source, SourceHost } from './source.ts'

/** The sources of a server: the last to start, for they need the others, and the first to be drained. */
export class Sources implements LivePart {
  readonly name = 'sources'
  private running: readonly RunningSource[] = []
  private stopped = false

  constructor(
    private readonly sources: readonly Source[],
    private readonly host: SourceHost,
  ) {
    const schedules = sources.map(({ name }) => name).filter((name) => name.startsWith('schedule '))
    const twice = schedules.find((name, i) => schedules.indexOf(name) !== i)
    if (twice !== undefined)
      throw new LiverootError('bad_schedule', `There are two of "${twice}": give one a name of its own.`)
  }

  async start(): Promise<void> {
    const { locks } = this.host
    await Promise.all([locks.prepare?.(), ...this.sources.map((source) => source.prepare?.())])
    if (this.stopped) return
    this.running = this.sources.map((source) => source.start(this.host))
  }

  async stop(giveUp: AbortSignal): Promise<void> {
    this.stopped = true
    await Promise.all(this.running.map((source) => source.stop(giveUp)))
    this.running = []
    await this.host.locks.close()
  }
}
