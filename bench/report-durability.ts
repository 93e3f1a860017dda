import type { LoadFigures } from './client/clicks/load.ts'
import type { DurabilityFigures } from './durability.ts'
import { durabilityTarget, type Keeping } from './plans.ts'
import { type Json, printRows, round, said, text } from './report.ts'
import { canPin } from './run.ts'

const metrics = {
  cpuMicrosPerClick: ({ cpuMicros }: LoadFigures) => cpuMicros,
  clicksPerSecond: ({ clicksPerSecond }: LoadFigures) => clicksPerSecond,
  resultMicrosP50: ({ resultMs }: LoadFigures) => resultMs.p50 * 1000,
  serverBusyPercent: ({ busy }: LoadFigures) => busy * 100,
} as const

type Metric = keyof typeof metrics

const keepings: readonly Keeping[] = ['none', 'memory', 'file']
const names = Object.keys(metrics) as Metric[]

export function durabilityJson(figures: DurabilityFigures): Json {
  const rows = names.map((metric) => {
    const values = keepings.map((keeping) => [keeping, round(metrics[metric](figures[keeping]))])
    const ratios = {
      memoryRatio: round(ratio(figures, metric, 'memory')),
      ratio: round(ratio(figures, metric, 'file')),
    }
    return [metric, { ...Object.fromEntries(values), ...ratios }]
  })
  return { durability: { pinned: canPin, ...Object.fromEntries(rows) } }
}

export function printDurability(figures: DurabilityFigures): void {
  console.log('')
  if (!canPin) console.log('durability: no taskset, or a single core: the processes are not held to cores.')
  const rows = names.map((metric) => {
    const values = keepings.map((keeping) => text(metrics[metric](figures[keeping])))
    const ratios = (['memory', 'file'] as const).map((keeping) => ratio(figures, metric, keeping))
    const isTarget = metric === 'cpuMicrosPerClick'
    const verdict = isTarget ? said((ratios[1] as number) <= durabilityTarget, durabilityTarget) : ''
    return ['', metric, ...values, ...ratios.map((each) => each.toFixed(2)), verdict]
  })
  printRows([
    ['durability', 'metric', ...keepings, 'memory / none', 'file / none', 'target of file'],
    ...rows,
  ])
  console.log(
    'durability: none is a route with `durable: false`; memory is the default, which stores a session when it sleeps;\n' +
      'durability: file is `fileStore`, which stores the effects of a click before it is answered.',
  )
}

function ratio(figures: DurabilityFigures, metric: Metric, keeping: Keeping): number {
  return metrics[metric](figures[keeping]) / metrics[metric](figures.none)
}
