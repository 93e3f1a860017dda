import type { Plan, System } from '../plans.ts'
import type { Control } from './control.ts'
import type { Tally } from './tally.ts'
import { connect, type Viewer } from './viewer.ts'

/** Many roots share a connection, so that a root is weighed without one. */
const rootsPerConnection = 100
const connections = 200

export interface HeapFigures {
  readonly heapKbPerRoot: number
  /** After the first updates: React then keeps two versions of what was updated. */
  readonly heapKbPerUpdatedRoot: number
}

interface Place {
  readonly viewer: Viewer
  readonly root: number
}

/** Weighs a live root by mounting many. */
export async function weighRoots(
  { heapRoots, trigger, silent }: Plan,
  port: number,
  control: Control,
  tally: Tally,
): Promise<HeapFigures> {
  const viewers = await connectAll('liveroot', Math.ceil(heapRoots / rootsPerConnection), port, tally)
  const places = Array.from({ length: heapRoots }, (_, i): Place => {
    const viewer = viewers[Math.floor(i / rootsPerConnection)] as Viewer
    return { viewer, root: 1 + (i % rootsPerConnection) }
  })
  const empty = await control.heap()
  const weigh = async () => {
    await Promise.all(viewers.map((viewer) => viewer.fence()))
    return ((await control.heap()) - empty) / heapRoots / 1024
  }
  await Promise.all(places.map(({ viewer, root }) => viewer.mount(root)))
  const heapKbPerRoot = await weigh()
  tally.reset()
  for (let n = 1; n <= 2; n++) {
    if (trigger === 'click') {
      for (const { viewer, root } of places) await viewer.click(root, 1)
    } else if (silent) {
      await control.publishAndSettle(n)
    } else {
      control.publish(n)
      await tally.until(heapRoots * n)
    }
  }
  const heapKbPerUpdatedRoot = await weigh()
  await Promise.all(viewers.map((viewer) => viewer.close()))
  return { heapKbPerRoot, heapKbPerUpdatedRoot }
}

/** Whole trees leave nothing on the server between two updates: what a browser weighs there is its connection. */
export async function weighConnections(port: number, control: Control, tally: Tally): Promise<HeapFigures> {
  const empty = await control.heap()
  const viewers = await connectAll('wholeTreeFlight', connections, port, tally)
  const heapKbPerRoot = ((await control.heap()) - empty) / connections / 1024
  await Promise.all(viewers.map((viewer) => viewer.close()))
  return { heapKbPerRoot, heapKbPerUpdatedRoot: heapKbPerRoot }
}

export function connectAll(system: System, count: number, port: number, tally: Tally): Promise<Viewer[]> {
  return Promise.all(Array.from({ length: count }, () => connect(system, port, tally)))
}
