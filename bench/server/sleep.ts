/** Weighs sessions that are awake, and the same when they sleep. Tells its parent the figures, and ends. */
import { createLiveServer, onDiagnostic, route } from '../../src/server/index.ts'
import { type SleepFigures, sleepPlans } from '../plans.ts'
import { scenarios } from '../scenarios/index.ts'
import { heapAfterCollection } from './control.ts'

const sleepAfterMs = 2_000

let asleep = 0
onDiagnostic('liveroot.session.asleep', () => void asleep++)

const live = createLiveServer({
  routes: Object.keys(sleepPlans).map((name) =>
    route(`/${name}`, scenarios[name as keyof typeof scenarios].component),
  ),
  limits: { sleepAfterMs, heartbeatMs: 600_000 },
})

/** A browser that shows everything at once, on no network: what is weighed is the server's own. */
function open(path = ''): { close(): void } {
  const listener = live.accept({
    bufferedBytes: 0,
    send(data) {
      const [, sequence] = /^f1,(\d+)/.exec(String(data)) ?? []
      if (sequence !== undefined) setImmediate(() => listener.message(`a1,${sequence},${sequence}`))
    },
    close() {},
    terminate() {},
  })
  listener.message('h2')
  if (path !== '') listener.message(`m1\n${path}`)
  return { close: () => listener.closed(1000) }
}

async function weigh(name: string, sessions: number): Promise<SleepFigures> {
  // What the first one makes for all is not theirs.
  const first = open(`/${name}`)
  const before = await heapAfterCollection()
  asleep = 0
  const all = Array.from({ length: sessions }, () => open(`/${name}`))
  const kbOf = (heap: number) => (heap - before) / sessions / 1024
  const awakeKb = kbOf(await heapAfterCollection())
  if (asleep > 0) throw new Error('Some slept before they were weighed.')
  while (asleep < sessions + 1) await new Promise((resolve) => setTimeout(resolve, 50))
  const asleepKb = kbOf(await heapAfterCollection())
  for (const each of [first, ...all]) each.close()
  return { name, sessions, emptyKb, awakeKb, asleepKb }
}

/** A session that shows nothing. */
async function weighEmpty(sessions: number): Promise<number> {
  const first = open()
  const before = await heapAfterCollection()
  const all = Array.from({ length: sessions }, () => open())
  const kb = ((await heapAfterCollection()) - before) / sessions / 1024
  for (const each of [first, ...all]) each.close()
  return kb
}

// Once for what the engine makes of code that runs often.
await weighEmpty(1_000)
const emptyKb = await weighEmpty(1_000)
const figures: SleepFigures[] = []
for (const [name, sessions] of Object.entries(sleepPlans)) figures.push(await weigh(name, sessions))
process.send?.(figures, () => process.exit(0))
