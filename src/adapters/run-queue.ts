import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueListener, RunningQueue } from '../server/source.ts'
import { InAir } from './in-air.ts'

/** One connection to an engine, while it takes messages. */
export interface QueueSession {
  /** Resolves with what broke it. */
  readonly broken: Promise<unknown>
  /** Takes no more messages; those in the air can still be settled. */
  pause(): Promise<void>
  /** Disconnects, when all that was settled has reached the engine. */
  close(): Promise<void>
}

/** Connects to an engine and starts to take messages, no more than there is room for in the air. */
export type OpenSession<Message> = (inAir: InAir<Message>) => Promise<QueueSession>

const firstDelayMs = 100
const maxDelayMs = 10_000

/** How long after giving up the deliveries in the air may end, and after that the connection. */
const lastMs = 1_000
const closeMs = 500

/** Keeps a session open until it is stopped: when one breaks, or cannot be opened, another is tried with backoff. */
export function runQueue<Message>(
  listener: QueueListener,
  prefetch: number,
  open: OpenSession<Message>,
): RunningQueue {
  const stopping = new AbortController()
  const cut = new AbortController()
  const signals = { stopped: stopping.signal, cut: cut.signal }
  const running = keepOpen(listener, () => new InAir<Message>(listener, prefetch), open, signals)
  return {
    stop: async (giveUp) => {
      stopping.abort()
      // The engine may hang, and a handler, too.
      await Promise.race([running, afterLast(giveUp).then(() => cut.abort())])
      await Promise.race([running, sleep(closeMs, undefined, { ref: false })])
    },
  }
}

async function afterLast(giveUp: AbortSignal): Promise<void> {
  if (!giveUp.aborted) await aborted(giveUp)
  await sleep(lastMs, undefined, { ref: false })
}

interface Signals {
  readonly stopped: AbortSignal
  /** No more waiting: what is not settled is delivered again when the connection ends. */
  readonly cut: AbortSignal
}

async function keepOpen<Message>(
  listener: QueueListener,
  makeInAir: () => InAir<Message>,
  open: OpenSession<Message>,
  { stopped, cut }: Signals,
): Promise<void> {
  const [whenStopped, whenCut] = [aborted(stopped), aborted(cut)]
  let failures = 0
  while (!stopped.aborted) {
    const inAir = makeInAir()
    try {
      const session = await open(inAir)
      failures = 0
      const error = await Promise.race([session.broken, inAir.failed, whenStopped])
      if (!stopped.aborted) listener.lost(error)
      await Promise.race([session.pause().catch(ignore), whenCut])
      // What a broken session brought comes again; not beside itself, and not on top of the prefetch.
      await Promise.race([inAir.settled(), whenCut])
      await session.close().catch(ignore)
    } catch (error) {
      if (!stopped.aborted) listener.lost(error)
    }
    const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** failures) * (0.5 + Math.random() / 2)
    failures += 1
    await sleep(delayMs, undefined, { signal: stopped }).catch(ignore)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}

const ignore = () => {}
