import type { Figures } from './client/measure.ts'
import type { ScaleFigures } from './client/scale.ts'
import { type PlanName, plans, targetHeapKb, targetScaleRatio } from './plans.ts'
import { serverFlags } from './server-flags.ts'

/** A scenario as both systems do it. */
export interface Comparison {
  readonly name: PlanName
  readonly liveroot: Figures
  readonly wholeTreeFlight: Figures
}

const metrics = ['bytesPerUpdate', 'cpuMicrosPerUpdate', 'heapKbPerRoot'] as const
type Metric = (typeof metrics)[number]

export type Json = Record<string, Record<string, unknown>>

export function tableJson(compared: readonly Comparison[]): Json {
  return Object.fromEntries(
    compared.map(({ name, liveroot, wholeTreeFlight }) => {
      const pair = (metric: Metric) => ({
        liveroot: round(liveroot[metric]),
        wholeTreeFlight: round(wholeTreeFlight[metric]),
      })
      return [name, Object.fromEntries(metrics.map((metric) => [metric, pair(metric)]))]
    }),
  )
}

export function scaleJson(figures: readonly ScaleFigures[]): Json {
  const bySize = figures.map(({ roots, cpuMicrosPerUpdate }) => [roots, round(cpuMicrosPerUpdate)])
  const floors = figures.map(({ roots, floorMicrosPerUpdate }) => [roots, round(floorMicrosPerUpdate)])
  return {
    scale: {
      serverFlags,
      cpuMicrosPerUpdate: { ...Object.fromEntries(bySize), ratio: round(ratioOf(figures)) },
      floorMicrosPerUpdate: Object.fromEntries(floors),
    },
  }
}

export function printTable(compared: readonly Comparison[]): void {
  const rows = compared.flatMap(({ name, liveroot, wholeTreeFlight }) =>
    metrics.map((metric) => {
      const [own, other] = [liveroot[metric], wholeTreeFlight[metric]]
      const factor = own === 0 ? '' : `${(other / own).toFixed(1)}x`
      return [name, metric, text(own), text(other), factor, verdict(name, metric, own)]
    }),
  )
  printRows([['scenario', 'metric', 'liveroot', 'wholeTreeFlight', 'factor', 'target'], ...rows])
  console.log('')
  for (const { name, liveroot } of compared) {
    if (liveroot.resultBytes > 0)
      console.log(`${name}: the answer to a click is ${liveroot.resultBytes.toFixed(1)} more bytes`)
    console.log(`${name}: ${text(liveroot.heapKbPerUpdatedRoot)} KB of heap per live root after two updates`)
  }
}

export function printScale(figures: readonly ScaleFigures[]): void {
  const rows = figures.map(({ roots, cpuMicrosPerUpdate, floorMicrosPerUpdate, loopDelayMs }) => {
    return [String(roots), text(cpuMicrosPerUpdate), text(floorMicrosPerUpdate), loopDelayMs.toFixed(1)]
  })
  console.log('')
  printRows([
    [
      'scale: roots',
      'cpuMicrosPerUpdate',
      'a bare loop that keeps 2 KB an update',
      'event loop delay p99, ms',
    ],
    ...rows,
  ])
  const ratio = ratioOf(figures)
  console.log(
    `ratio of most to fewest: ${ratio.toFixed(2)}, ${said(ratio <= targetScaleRatio, targetScaleRatio)}`,
  )
}

function ratioOf(figures: readonly ScaleFigures[]): number {
  const [first, last] = [figures[0] as ScaleFigures, figures[figures.length - 1] as ScaleFigures]
  return last.cpuMicrosPerUpdate / first.cpuMicrosPerUpdate
}

function verdict(name: PlanName, metric: Metric, value: number): string {
  if (metric === 'bytesPerUpdate') return said(value <= plans[name].targetBytes, plans[name].targetBytes)
  if (metric === 'heapKbPerRoot' && name === 'counter') return said(value <= targetHeapKb, targetHeapKb)
  return ''
}

export function said(met: boolean, target: number): string {
  return `${met ? 'meets' : 'MISSES'} ${target}`
}

export function printRows(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  for (const row of rows) {
    const cells = row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    console.log(cells.join('  ').trimEnd())
  }
}

export function text(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 })
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
