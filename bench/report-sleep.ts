import type { SleepFigures } from './plans.ts'
import { type Json, printRows, round, text } from './report.ts'

export function sleepJson(figures: readonly SleepFigures[]): Json {
  const rows = figures.map(({ name, sessions, emptyKb, awakeKb, asleepKb }) => {
    return [name, { sessions, emptyKb: round(emptyKb), awakeKb: round(awakeKb), asleepKb: round(asleepKb) }]
  })
  return { sleep: Object.fromEntries(rows) }
}

export function printSleep(figures: readonly SleepFigures[]): void {
  const rows = figures.map(({ name, sessions, emptyKb, awakeKb, asleepKb }) => {
    const factor = (awakeKb - emptyKb) / Math.max(asleepKb - emptyKb, 0.01)
    return [name, String(sessions), text(emptyKb), text(awakeKb), text(asleepKb), `${factor.toFixed(1)}x`]
  })
  console.log('')
  printRows([['sleep', 'sessions', 'KB without root', 'KB awake', 'KB asleep', 'factor of root'], ...rows])
  console.log('sleep: heap of a session with one root and its connection, without the socket.')
}
