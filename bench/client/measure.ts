import type { Plan, System } from '../plans.ts'
import { Control } from './control.ts'
import { connectAll, type HeapFigures, weighConnections, weighRoots } from './heap.ts'
import { median } from './median.ts'
import { Tally } from './tally.ts'
import type { Viewer } from './viewer.ts'

/** What one system does in one scenario. */
export interface Figures extends HeapFigures {
  readonly bytesPerUpdate: number
  /** Of the message that answers a click, where there is one. */
  readonly resultBytes: number
  readonly cpuMicrosPerUpdate: number
  readonly profile?: readonly string[]
}

/** Rounds before any is counted, for the server's code to be compiled. */
const warmUpMs = 1500
/** A slow scenario gets fewer rounds. */
const roundsMs = 1500
const fewestRounds = 3
/** Collecting samples for a profile takes longer. */
const profileMs = 4000

export class Measurement {
  private readonly tally = new Tally()
  private viewers: Viewer[] = []
  private published = 0

  private constructor(
    private readonly system: System,
    private readonly plan: Plan,
    private readonly port: number,
    private readonly control: Control,
  ) {}

  static async run(system: System, plan: Plan, port: number, withProfile: boolean): Promise<Figures> {
    const load = system === 'wholeTreeFlight' ? { ...plan, ...plan.ofWholeTrees } : plan
    const measurement = new Measurement(system, load, port, await Control.open(port))
    return withProfile ? measurement.profile() : measurement.figures()
  }

  private async figures(): Promise<Figures> {
    const { plan, system, port, control, tally } = this
    await this.open()
    for (const end = performance.now() + warmUpMs; performance.now() < end; ) await this.round()
    const rounds: RoundFigures[] = []
    const end = performance.now() + roundsMs
    while (rounds.length < plan.rounds && (rounds.length < fewestRounds || performance.now() < end)) {
      rounds.push(await this.round())
    }
    await this.close()
    const cpuMicrosPerUpdate = median(rounds.map(({ cpuMicros }) => cpuMicros))
    const bytesPerUpdate = median(rounds.map(({ bytes }) => bytes))
    const resultBytes = median(rounds.map(({ resultBytes: bytes }) => bytes))
    const heap =
      system === 'liveroot'
        ? await weighRoots(plan, port, control, tally)
        : await weighConnections(port, control, tally)
    return { bytesPerUpdate, resultBytes, cpuMicrosPerUpdate, ...heap }
  }

  private async profile(): Promise<Figures> {
    await this.open()
    for (const end = performance.now() + warmUpMs; performance.now() < end; ) await this.round()
    await this.control.startProfile()
    for (const end = performance.now() + profileMs; performance.now() < end; ) await this.round()
    const profile = await this.control.stopProfile()
    await this.close()
    const none = { bytesPerUpdate: 0, resultBytes: 0, cpuMicrosPerUpdate: 0 }
    return { ...none, heapKbPerRoot: 0, heapKbPerUpdatedRoot: 0, profile }
  }

  private async open(): Promise<void> {
    this.viewers = await connectAll(this.system, this.plan.clients, this.port, this.tally)
    await this.mount()
  }

  private async mount(): Promise<void> {
    this.published = 0
    await Promise.all(this.viewers.map((viewer) => viewer.mount(1)))
  }

  /** Without delay: between two trees that all look alike, V8 could forget what it has compiled for them. */
  private async remount(): Promise<void> {
    for (const viewer of this.viewers) viewer.unmount(1)
    await this.mount()
  }

  private async close(): Promise<void> {
    await Promise.all(this.viewers.map((viewer) => viewer.close()))
  }

  private async round(): Promise<RoundFigures> {
    const { plan, control, tally, viewers } = this
    if (plan.grows) await this.remount()
    await Promise.all(viewers.map((viewer) => viewer.fence()))
    tally.reset()
    await control.start()
    await this.update()
    const { cpuMicros } = await control.stop()
    await Promise.all(viewers.map((viewer) => viewer.fence()))
    const updates = plan.clients * plan.updates
    if (tally.updates !== updates && !this.isSilent) {
      throw new Error(`${updates} updates were due and ${tally.updates} came.`)
    }
    return {
      bytes: tally.updateBytes / updates,
      resultBytes: tally.results === 0 ? 0 : tally.resultBytes / tally.results,
      cpuMicros: cpuMicros / updates,
    }
  }

  private get isSilent(): boolean {
    return this.plan.silent === true && this.system === 'liveroot'
  }

  private async update(): Promise<void> {
    const { plan, control, tally, viewers } = this
    if (plan.trigger === 'click') {
      await Promise.all(viewers.map((viewer) => viewer.click(1, plan.updates)))
      return
    }
    for (let n = 1; n <= plan.updates; n++) {
      if (this.isSilent) {
        await control.publishAndSettle(++this.published)
      } else {
        control.publish(++this.published)
        await tally.until(plan.clients * n)
      }
    }
  }
}

interface RoundFigures {
  readonly bytes: number
  readonly resultBytes: number
  readonly cpuMicros: number
}
