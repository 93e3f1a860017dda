/** Something that starts and stops with its live server: a store, a bus, the sessions, a source. */
export interface LivePart {
  /** Names it in the answers about health. */
  readonly name: string
  /** Resolves when it can do its work; a rejection stops the parts before it, and the server does not start. */
  start?(): void | Promise<void>
  /**
   * Takes on nothing new, ends what is under way, and lets go of everything. What is not done when the signal aborts is
   * given up: two seconds later nobody waits for it any more.
   */
  stop?(giveUp: AbortSignal): void | Promise<void>
  /** False while it cannot do its work, for example while its broker is not there. */
  healthy?(): boolean
}

/**
 * - `new`: nothing has been started.
 * - `starting`: some part is not ready yet.
 * - `ready`: all are.
 * - `failed`: a part could not be started; those before it are stopped.
 * - `draining`: the parts are being stopped, the last one first.
 * - `closed`: all are stopped.
 */
export type LifecycleState = 'new' | 'starting' | 'ready' | 'failed' | 'draining' | 'closed'

/** How long a part may go on after it was told to give up. */
const lastMs = 2_000

/**
 * Starts the parts of a server in order and stops them in reverse: each can use those before it as long as it runs. A
 * part that was never started is stopped too, for it may hold something since it was made.
 */
export class Lifecycle {
  state: LifecycleState = 'new'
  private readonly parts: LivePart[] = []
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null
  private readonly giveUp = new AbortController()

  /** `onError` hears of a part that fails when it is stopped; the others are stopped all the same. */
  constructor(private readonly onError: (error: unknown, part: LivePart) => void) {}

  add(...parts: LivePart[]): void {
    this.parts.push(...parts)
  }

  /** Starts everything, once. Rejects when a part could not be started. */
  start(): Promise<void> {
    this.starting ??= this.startAll()
    return this.starting
  }

  private async startAll(): Promise<void> {
    if (this.stopping !== null) return
    this.state = 'starting'
    try {
      for (const part of this.parts) {
        await part.start?.()
        // It may have been stopped meanwhile, this part with the others.
        if (this.stopping !== null) return
      }
      this.state = 'ready'
    } catch (error) {
      await this.stop(0)
      this.state = 'failed'
      throw error
    }
  }

  /**
   * Stops everything, once; a later call waits for the first.
   *
   * @param timeoutMs after so long the parts are told to give up. The shortest time that was asked for counts.
   */
  stop(timeoutMs: number): Promise<void> {
    if (timeoutMs <= 0) this.giveUp.abort()
    const timer = setTimeout(() => this.giveUp.abort(), timeoutMs)
    this.stopping ??= this.stopAll()
    return this.stopping.finally(() => clearTimeout(timer))
  }

  private async stopAll(): Promise<void> {
    this.state = 'draining'
    for (const part of [...this.parts].reverse()) {
      try {
        await withinLimit(Promise.resolve(part.stop?.(this.giveUp.signal)), this.giveUp.signal)
      } catch (error) {
        this.onError(error, part)
      }
    }
    this.state = 'closed'
  }

  /** Whether each part can do its work. */
  get health(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(this.parts.map((part) => [part.name, part.healthy?.() ?? true]))
  }
}

/** One part that hangs must not keep the process from ending. */
async function withinLimit(stopped: Promise<void>, giveUp: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let limit = () => {}
  const late = new Promise<void>((_, reject) => {
    limit = () => {
      timer = setTimeout(() => reject(new Error('It did not stop in time.')), lastMs)
    }
  })
  if (giveUp.aborted) limit()
  else giveUp.addEventListener('abort', limit)
  try {
    await Promise.race([stopped, late])
  } finally {
    clearTimeout(timer)
    giveUp.removeEventListener('abort', limit)
  }
}
