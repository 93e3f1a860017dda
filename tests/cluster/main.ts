/**
 * `npm run chaos:cluster -- [--minutes N] [--seed S] [--clients N] [--engine redis|nats]`: three servers behind a balancer
 * that spreads at random, one of which is killed every 15 seconds, and browsers that chat, count and are present on them.
 */
import { parseArgs } from 'node:util'
import { engineNames } from '../chaos/stores.ts'
import { defaultClusterOptions, runCluster } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: String(defaultClusterOptions.clients) },
    engine: { type: 'string', default: 'redis' },
    pause: { type: 'string', default: String(defaultClusterOptions.meanPauseMs) },
    'kill-every': { type: 'string', default: String(defaultClusterOptions.killEveryMs / 1_000) },
  },
})
const seed = Number(values.seed)
const engine = engineNames.find((name) => name === values.engine)
if (engine === undefined || engine === 'memory' || engine === 'file')
  throw new Error(`No servers share ${values.engine}: it is redis or nats.`)
const { wrong, lines } = await runCluster({
  ...defaultClusterOptions,
  seed,
  engine,
  seconds: Number(values.minutes) * 60,
  clients: Number(values.clients),
  meanPauseMs: Number(values.pause),
  killEveryMs: Number(values['kill-every']) * 1_000,
  progress: (line) => console.log(line),
})
for (const line of lines) console.log(line)
for (const line of wrong.slice(0, 20)) console.error(line)
console.log(
  `seed ${seed}, ${engine}: ${wrong.length === 0 ? 'nothing is wrong' : `${wrong.length} things are wrong`}`,
)
process.exit(wrong.length === 0 ? 0 : 1)
