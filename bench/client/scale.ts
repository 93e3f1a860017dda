import { scaleSizes } from '../plans.ts'
import { Control } from './control.ts'
import { median } from './median.ts'
import { Tally } from './tally.ts'
import { connect, type Viewer } from './viewer.ts'

/** What it costs to send one update to one of so many roots. */
export interface ScaleFigures {
  readonly roots: number
  readonly cpuMicrosPerUpdate: number
  /** Of an update that does nothing but leave a few objects in memory until the next. */
  readonly floorMicrosPerUpdate: number
  /** 99th percentile of how late the server's event loop was. */
  readonly loopDelayMs: number
}

const rootsPerConnection = 10
const rounds = 5
/** Every round delivers as many updates, whatever the number of roots. */
const updatesPerRound = 20_000
const warmUpRounds = 1

/** Publishes one topic to ever more roots. */
export async function measureScale(port: number, withProfile: boolean): Promise<ScaleFigures[] | string[]> {
  const control = await Control.open(port)
  const tally = new Tally()
  const viewers: Viewer[] = []
  const figures: ScaleFigures[] = []
  for (const roots of scaleSizes) {
    await grow(viewers, roots / rootsPerConnection, port, tally)
    if (figures.length === 0) {
      for (let i = 0; i < warmUpRounds; i++) await round(control, tally, roots)
    }
    const isLast = roots === scaleSizes[scaleSizes.length - 1]
    if (withProfile && isLast) await control.startProfile()
    const measured: Awaited<ReturnType<typeof round>>[] = []
    for (let i = 0; i < rounds; i++) measured.push(await round(control, tally, roots))
    if (withProfile && isLast) return control.stopProfile()
    figures.push({
      roots,
      cpuMicrosPerUpdate: median(measured.map(({ cpuMicros }) => cpuMicros)),
      floorMicrosPerUpdate: await control.floor(roots),
      loopDelayMs: median(measured.map(({ loopDelayMs }) => loopDelayMs)),
    })
  }
  return figures
}

async function grow(viewers: Viewer[], connections: number, port: number, tally: Tally): Promise<void> {
  while (viewers.length < connections) {
    const viewer = await connect('liveroot', port, tally)
    viewers.push(viewer)
    await Promise.all(Array.from({ length: rootsPerConnection }, (_, i) => viewer.mount(i + 1)))
  }
}

let published = 0

async function round(
  control: Control,
  tally: Tally,
  roots: number,
): Promise<{ cpuMicros: number; loopDelayMs: number }> {
  const publishes = updatesPerRound / roots
  tally.reset()
  await control.start(true)
  for (let i = 1; i <= publishes; i++) {
    control.publish(++published)
    await tally.until(roots * i)
  }
  const { cpuMicros, loopDelayMs } = await control.stop()
  if (tally.updates !== updatesPerRound)
    throw new Error(`${updatesPerRound} updates were due and ${tally.updates} came.`)
  return { cpuMicros: cpuMicros / updatesPerRound, loopDelayMs }
}
