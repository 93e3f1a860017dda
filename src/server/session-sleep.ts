import { diagnostics } from './diagnostics.ts'
import type { Session } from './session.ts'
import { SleepStandIn } from './sleep-stand-in.ts'

/** A root whose tree sleeps: what of it is not in the snapshot. */
export interface SleepingRoot {
  readonly tree: number
  readonly root: number
  readonly path: string
  /** The last frame, which the browser shows. */
  readonly sequence: number
  readonly lastSlot: number
  /** A digest of what the browser shows; null where there is none. */
  readonly shown: string | null
}

/** The trees of a session that sleep, until something is for them. */
export interface SleepingTrees {
  readonly roots: readonly SleepingRoot[]
  readonly standIn: SleepStandIn
}

/**
 * Puts the trees of a session to sleep: their state is stored, and they are unmounted. The browser sees nothing of it.
 * They stay awake where something goes on, something came meanwhile, or they are more than can be stored.
 */
export async function fallAsleep(session: Session): Promise<void> {
  const { host, wire, keeper, roots } = session
  let disturbed = false
  const standIn = new SleepStandIn(host.presence, () => {
    if (session.asleep?.standIn === standIn) session.wakeTrees()
    else disturbed = true
  })
  const holdings = session.quiet ? roots.holdings : null
  if (holdings === null) return
  wire.active = false
  for (const holding of holdings) holding.handOver(standIn)
  if (performance.now() - standIn.heardAt < host.limits.sleepAfterMs) return standIn.release()
  await standIn.settled()
  await keeper.readyForSleep(session.calls.answers.log)
  // What was set meanwhile is rendered at the latest now.
  await new Promise((resolve) => setImmediate(resolve))
  const isSame = !disturbed && !wire.active && session.quiet && roots.holdings?.length === holdings.length
  if (!isSame || roots.unsaved || !keeper.holdsAll) return standIn.release()
  session.asleep = { roots: roots.sleep(), standIn }
  if (diagnostics.sessionAsleep.hasSubscribers) diagnostics.sessionAsleep.publish(session.identity)
}
