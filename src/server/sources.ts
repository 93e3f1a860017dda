import type { RunningSource, Source, SourceHost } from './source.ts'

/** The sources of a server: they start when it listens and drain before it closes. */
export class Sources {
  private running: readonly RunningSource[] = []
  private started = false

  constructor(
    private readonly sources: readonly Source[],
    private readonly host: SourceHost,
  ) {}

  start(): void {
    if (this.started) return
    this.started = true
    this.running = this.sources.map((source) => source.start(this.host))
  }

  /** Takes nothing new, and waits for what is under way, that long at most. */
  async stop(timeoutMs: number): Promise<void> {
    this.started = true
    const stopping = this.running
    this.running = []
    await Promise.all(stopping.map((source) => source.stop(timeoutMs)))
    await this.host.locks.close()
  }
}
