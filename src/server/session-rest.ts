import { diagnostics } from './diagnostics.ts'
import type { Session } from './session.ts'
import { SleepStandIn } from './sleep-stand-in.ts'
import type { SleepingTrees } from './sleeping-trees.ts'
import { readSnapshot } from './snapshot.ts'

/**
 * Lets the trees of an idle session sleep: their state is kept, and they are unmounted. The browser sees nothing of it.
 * What is for them wakes them.
 */
export class SessionRest {
  /** The trees, while they sleep. */
  private trees: SleepingTrees | null = null
  /** Since when nothing has happened, as far as somebody has looked. */
  idleSince = 0

  constructor(private readonly session: Session) {}

  get asleep(): boolean {
    return this.trees !== null
  }

  /** Nothing has happened for so long that the trees may sleep. */
  async begin(): Promise<void> {
    if (!this.asleep && this.session.quiet) await this.fallAsleep()
  }

  /** They stay awake where something goes on, something came meanwhile, or they are more than can be stored. */
  private async fallAsleep(): Promise<void> {
    const { session } = this
    const { host, wire, keeper, roots } = session
    const holdings = roots.holdings
    if (holdings === null) return
    let disturbed = false
    const standIn = new SleepStandIn(host.presence, () => {
      if (this.trees?.standIn === standIn) this.wake()
      else disturbed = true
    })
    wire.active = false
    for (const holding of holdings) holding.handOver(standIn)
    if (performance.now() - standIn.heardAt < host.limits.sleepAfterMs) return standIn.release()
    await standIn.settled()
    await keeper.readyForSleep(session.calls.answers.log)
    // What was set meanwhile is rendered at the latest now.
    await new Promise((resolve) => setImmediate(resolve))
    const isSame = !disturbed && !wire.active && session.quiet && roots.holdings?.length === holdings.length
    if (!isSame || roots.unsaved || !keeper.holdsAll) return standIn.release()
    this.trees = { roots: roots.sleep(), standIn }
    if (diagnostics.sessionAsleep.hasSubscribers) diagnostics.sessionAsleep.publish(session.identity)
  }

  /** Something is for the trees. */
  wake(): void {
    const { trees, session } = this
    if (trees === null) return
    this.trees = null
    session.wire.active = true
    if (diagnostics.sessionAwake.hasSubscribers) diagnostics.sessionAwake.publish(session.identity)
    session.roots.wakeUp(trees, readSnapshot(session.keeper.stored).trees)
  }

  /** The session is over. */
  end(): void {
    const { trees } = this
    this.trees = null
    trees?.standIn.release()
  }
}
