/**
 * `npm run fuzz:wire -- [--frames N] [--seed S] [--side server|client] [--replay file]`: hostile messages in both
 * directions, so many each, at a real server and at the real client. The same seed makes the same cases.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { hostileBrowser, hostileServer, type Item, restoreItem, type StoredItem, storeItem } from './cases.ts'
import { ClientTarget } from './client-target.ts'
import { type Failure, fuzz, recordConversation } from './fuzz.ts'
import { ServerTarget } from './server-target.ts'
import type { Target } from './target.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    side: { type: 'string' },
    replay: { type: 'string' },
  },
})
const [frames, seed] = [Number(values.frames), Number(values.seed)]
const sides = ['server', 'client'].filter((side) => values.side === undefined || values.side === side)
const makeTarget = (side: string): Target => (side === 'server' ? new ServerTarget() : new ClientTarget())

const clean = values.replay === undefined ? await attack() : await replay(values.replay)
process.exit(clean ? 0 : 1)

async function attack(): Promise<boolean> {
  const recording = await recordConversation()
  const runs = await Promise.all(
    sides.map(async (side) => {
      const started = performance.now()
      const seconds = () => Math.round((performance.now() - started) / 1000)
      let saidAt = 0
      const progress = (sent: number) => {
        if (seconds() - saidAt < 10) return
        saidAt = seconds()
        console.log(`${side}: ${sent} messages, ${saidAt} s`)
      }
      const make = side === 'server' ? hostileBrowser : hostileServer
      const run = await fuzz(makeTarget(side), (draw) => make(draw, recording), {
        messages: frames,
        seed,
        looksForGrowth: true,
        progress,
        suspected: (what) => console.error(`${what}. What of it is needed is looked for.`),
      })
      console.log(`${side}: ${run.sent} messages in ${run.cases} cases, ${seconds()} s`)
      for (const line of run.report) console.log(`  ${line}`)
      if (run.failure !== null) tell(run.failure)
      return run.failure === null
    }),
  )
  console.log(`seed ${seed}: ${runs.every(Boolean) ? 'nothing found' : 'see above'}`)
  return runs.every(Boolean)
}

function tell({ target, finding, items }: Failure): void {
  console.error(`${target}: ${finding.what}\n${finding.details ?? ''}`)
  if (items.length === 0) return
  const file = `test-output/wire-fuzz-${target}-${seed}.json`
  mkdirSync('test-output', { recursive: true })
  writeFileSync(file, JSON.stringify({ side: target, items: items.map(storeItem) }, null, 1))
  console.error(
    `The smallest case found has ${items.length} items; again: npm run fuzz:wire -- --replay ${file}`,
  )
  for (const item of items.slice(0, 20)) console.error(`  ${JSON.stringify(storeItem(item)).slice(0, 400)}`)
}

async function replay(file: string): Promise<boolean> {
  const { side, items } = JSON.parse(readFileSync(file, 'utf8')) as { side: string; items: StoredItem[] }
  const target = makeTarget(side)
  await target.start()
  const suspicion = await target.play([items.map(restoreItem) as Item[]])
  await target.stop()
  if (suspicion === null) console.log('nothing found')
  else console.error(`${suspicion.finding.what}\n${suspicion.finding.details ?? ''}`)
  return suspicion === null
}
