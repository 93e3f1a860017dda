import type { FanoutFigures } from './client/fanout/load.ts'
import { fanoutTargets } from './plans.ts'
import { type Json, printRows, round, said, text } from './report.ts'
import { canPin } from './run.ts'
import { serverFlags } from './server-flags.ts'

export function fanoutJson(kinds: readonly (readonly FanoutFigures[])[]): Json {
  const all = kinds.flatMap((figures) => figures.map((each) => ({ each, figures })))
  const rows = all.map(({ each, figures }) => {
    const { system, viewers, cpuMicrosPerDelivery, loopDelayMs, bytesPerDelivery } = each
    const own = {
      cpuMicrosPerDelivery: round(cpuMicrosPerDelivery),
      deliveriesPerCpuSecond: Math.round(1e6 / cpuMicrosPerDelivery),
      ofFloor: round(ofFloor(figures, each)),
      loopDelayMs: round(loopDelayMs),
      bytesPerDelivery: round(bytesPerDelivery),
    }
    return [`${system}-${viewers}`, own]
  })
  return { fanout: { pinned: canPin, serverFlags, ...Object.fromEntries(rows) } }
}

export function printFanout(figures: readonly FanoutFigures[]): void {
  const rows = figures.map((each) => [
    `${each.system}, ${text(each.viewers)} viewers`,
    text(each.bytesPerDelivery),
    text(each.cpuMicrosPerDelivery),
    text(1e6 / each.cpuMicrosPerDelivery),
    ofFloor(figures, each).toFixed(2),
    each.loopDelayMs.toFixed(1),
    each.system === 'floor' ? '' : verdict(figures, each),
  ])
  const head = [
    'fan-out',
    'bytes',
    'CPU µs a delivery',
    'deliveries a CPU second',
    'of the floor',
    'loop delay p99, ms',
    'target',
  ]
  console.log('')
  printRows([head, ...rows])
}

/** Deliveries per CPU second, as a part of what bare `ws` does with as many bytes and browsers. */
function ofFloor(
  figures: readonly FanoutFigures[],
  { viewers, cpuMicrosPerDelivery }: FanoutFigures,
): number {
  const floor = figures.find((each) => each.system === 'floor' && each.viewers === viewers)
  return (floor as FanoutFigures).cpuMicrosPerDelivery / cpuMicrosPerDelivery
}

function verdict(figures: readonly FanoutFigures[], each: FanoutFigures): string {
  const { system, cpuMicrosPerDelivery, loopDelayMs } = each
  const { ratios, tableMicros, loopDelayMs: delay } = fanoutTargets
  const cost =
    system === 'table'
      ? said(cpuMicrosPerDelivery <= tableMicros, tableMicros)
      : said(
          ofFloor(figures, each) >= ratios[system as keyof typeof ratios],
          ratios[system as keyof typeof ratios],
        )
  return `${cost}, ${said(loopDelayMs <= delay, delay)}`
}
