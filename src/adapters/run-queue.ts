import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueListener, RunningQueue } from '../server/source.ts'
import { InAir } from './in-air.ts'

/** One connection to an engine, while it takes messages. */
export interface QueueSession {
  /** Resolves with what broke the connection, when it was not closed. */
  readonly broken: Promise<unknown>
  /** Takes no more messages; those in the air can still be settled. */
  pause(): Promise<void>
  /** Disconnects, when all that was settled has reached the engine. */
  close(): Promise<void>
}

/** Connects to an engine and starts to take messages, no more than there is room for in the air. */
export type OpenSession = (inAir: InAir) => Promise<QueueSession>

const firstDelayMs = 100
const maxDelayMs = 10_000

/** Keeps a session open until it is stopped: when one breaks, or cannot be opened, another is tried with backoff. */
export function runQueue(listener: QueueListener, prefetch: number, open: OpenSession): RunningQueue {
  return new SessionKeeper(listener, prefetch, open)
}

class SessionKeeper implements RunningQueue {
  private readonly inAir: InAir
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>

  constructor(
    private readonly listener: QueueListener,
    prefetch: number,
    private readonly open: OpenSession,
  ) {
    this.inAir = new InAir(listener, prefetch)
    this.running = this.run()
  }

  async stop(timeoutMs: number): Promise<void> {
    this.stopping.abort()
    this.inAir.wake()
    // The engine may hang: what is not settled and said in time is delivered again.
    await Promise.race([this.running, this.timeout(timeoutMs)])
  }

  private async timeout(timeoutMs: number): Promise<void> {
    await sleep(timeoutMs, undefined, { ref: false })
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    let failures = 0
    while (!signal.aborted) {
      try {
        const session = await this.open(this.inAir)
        failures = 0
        const error = await Promise.race([session.broken, stopped])
        if (signal.aborted) return await this.drain(session)
        this.listener.lost(error)
        await session.close().catch(() => {})
      } catch (error) {
        if (!signal.aborted) this.listener.lost(error)
      }
      const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** failures) * (0.5 + Math.random() / 2)
      failures += 1
      await sleep(delayMs, undefined, { signal }).catch(() => {})
    }
    await this.inAir.settled()
  }

  private async drain(session: QueueSession): Promise<void> {
    await session.pause().catch(() => {})
    await this.inAir.settled()
    await session.close().catch(() => {})
  }
}
