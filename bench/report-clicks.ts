import type { ClickFigures } from './clicks.ts'
import type { ClickSystem } from './client/clicks/clicker.ts'
import type { LoadFigures } from './client/clicks/load.ts'
import type { ClickRecording } from './client/clicks/recording.ts'
import { clickTargets } from './plans.ts'
import { type Json, printRows, round, said, text } from './report.ts'
import { canPin } from './run.ts'

/** A figure of {@link LoadFigures}, by the name that it has in the report. */
const metrics = {
  updateMicrosP50: ({ updateMs }: LoadFigures) => updateMs.p50 * 1000,
  updateMicrosP99: ({ updateMs }: LoadFigures) => updateMs.p99 * 1000,
  resultMicrosP50: ({ resultMs }: LoadFigures) => resultMs.p50 * 1000,
  resultMicrosP99: ({ resultMs }: LoadFigures) => resultMs.p99 * 1000,
  clicksPerSecond: ({ clicksPerSecond }: LoadFigures) => clicksPerSecond,
  cpuMicrosPerClick: ({ cpuMicros }: LoadFigures) => cpuMicros,
  serverBusyPercent: ({ busy }: LoadFigures) => busy * 100,
} as const

type Metric = keyof typeof metrics

/** What Liveroot's figure may be at most, as a multiple of the echo's. */
const targetRatios: Partial<Record<Metric, number>> = {
  updateMicrosP50: clickTargets.roundTripRatio,
  resultMicrosP50: clickTargets.roundTripRatio,
  cpuMicrosPerClick: clickTargets.cpuRatio,
}

const systems: readonly ClickSystem[] = ['liveroot', 'echo', 'echoTwo']
const names = Object.keys(metrics) as Metric[]

export function clicksJson(figures: ClickFigures): Json {
  const rows = names.map((metric) => {
    const values = systems.map((system) => [system, round(metrics[metric](figures.load[system]))])
    return [metric, { ...Object.fromEntries(values), ratio: round(ratio(figures, metric)) }]
  })
  const { up, down } = bytesOf(figures.recording)
  const { call, acknowledgements, frame, result } = figures.recording
  const sizes = {
    bytesUpPerClick: { total: round(up), call: round(call), acknowledgements: round(acknowledgements) },
    bytesDownPerClick: { total: round(down), frame: round(frame), result: round(result) },
  }
  return { clicks: { pinned: canPin, ...sizes, ...Object.fromEntries(rows) } }
}

export function printClicks(figures: ClickFigures): void {
  console.log('')
  if (!canPin) console.log('clicks: no taskset, or a single core: the processes are not held to cores.')
  printBytes(figures.recording)
  const rows = names.map((metric) => {
    const values = systems.map((system) => text(metrics[metric](figures.load[system])))
    const factor = ratio(figures, metric)
    const target = targetRatios[metric]
    const verdict = target === undefined ? '' : said(factor <= target, target)
    return ['', metric, ...values, factor.toFixed(2), verdict]
  })
  printRows([['clicks', 'metric', ...systems, 'liveroot / echo', 'target'], ...rows])
  console.log(
    'clicks: echo answers a message with one, echoTwo with two; the bytes are those of liveroot.\n' +
      'clicks: round trips of one browser alone; the rest with many, each waiting for its last click.',
  )
}

function printBytes(recording: ClickRecording): void {
  const { up, down } = bytesOf(recording)
  const { call, acknowledgements, frame, result, messagesUp, messagesDown } = recording
  const { bytesUp, bytesDown } = clickTargets
  const parts = (first: number, second: number) => `${first.toFixed(1)} + ${second.toFixed(1)}`
  console.log(
    `clicks: ${text(up)} bytes up (call and acknowledgement: ${parts(call, acknowledgements)}) in ` +
      `${text(messagesUp)} messages, ${said(up <= bytesUp, bytesUp)}`,
  )
  console.log(
    `clicks: ${text(down)} bytes down (frame and result: ${parts(frame, result)}) in ` +
      `${text(messagesDown)} messages, ${said(down <= bytesDown, bytesDown)}`,
  )
}

function bytesOf({ call, acknowledgements, frame, result }: ClickRecording): { up: number; down: number } {
  return { up: call + acknowledgements, down: frame + result }
}

function ratio({ load }: ClickFigures, metric: Metric): number {
  return metrics[metric](load.liveroot) / metrics[metric](load.echo)
}
