/**
 * `npm run chaos -- [--minutes N] [--seed S] [--clients C] [--store file|redis|nats] [--servers N]`: browsers that work
 * while their connections break and a server is killed; what they show at the end must be what it would be without. Several
 * servers, with redis or nats, stand behind a balancer that is not sticky.
 */
import { parseArgs } from 'node:util'
import { defaultChaosOptions, runChaos } from './run.ts'
import { engineNames } from './stores.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: String(defaultChaosOptions.clients) },
    store: { type: 'string', default: 'file' },
    servers: { type: 'string', default: String(defaultChaosOptions.servers) },
    'kill-every': { type: 'string', default: '20' },
    'bytes-to-cut': { type: 'string', default: String(defaultChaosOptions.meanBytesToCut) },
  },
})
const seed = Number(values.seed)
const store = engineNames.find((name) => name === values.store)
if (store === undefined)
  throw new Error(`No such store: ${values.store}. There are ${engineNames.join(', ')}.`)
const servers = Number(values.servers)
if (servers > 1 && store === 'file') throw new Error('No servers share a file: it is redis or nats.')
const { wrong, lines } = await runChaos({
  ...defaultChaosOptions,
  seed,
  seconds: Number(values.minutes) * 60,
  clients: Number(values.clients),
  servers,
  // What is pushed tells a server that a session has gone to another one: with less of it, browsers come back before it knows.
  ...(servers > 1 ? { pushPauseMs: 400 } : {}),
  killEveryMs: Number(values['kill-every']) * 1_000,
  meanBytesToCut: Number(values['bytes-to-cut']),
  store,
  progress: (line) => console.log(line),
})
for (const line of lines) console.log(line)
for (const line of wrong.slice(0, 20)) console.error(line)
console.log(
  `seed ${seed}, store ${values.store}: ${wrong.length === 0 ? 'nothing is wrong' : `${wrong.length} things are wrong`}`,
)
process.exit(wrong.length === 0 ? 0 : 1)
