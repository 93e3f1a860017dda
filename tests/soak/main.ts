/** `npm run soak -- [--minutes M] [--sessions N] [--seed S]`: sessions that come, click, sleep and leave. */
import { parseArgs } from 'node:util'
import { runSoak } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    sessions: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
})
const seconds = Number(values.minutes) * 60
const { wrong, lines } = await runSoak({
  seconds,
  sessions: Number(values.sessions),
  seed: Number(values.seed),
  pauseMs: 3_000,
  warmUpSeconds: Math.max(60, seconds / 3),
  margin: 0.05,
  progress: (line) => console.log(line),
})
for (const line of lines) console.log(line)
for (const line of wrong.slice(0, 20)) console.error(line)
console.log(wrong.length === 0 ? 'nothing is wrong' : `${wrong.length} things are wrong`)
process.exit(wrong.length === 0 ? 0 : 1)
