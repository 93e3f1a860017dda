/**
 * `npm run bench -- [scenario ...] [clicks] [durability] [fanout] [fanout-table] [scale] [sleep] [--json] [--profile] [--plain-v8]`: Liveroot against sending whole trees,
 * `clicks` and `fanout` against bare `ws`, and `durability` against state that is not kept. All servers run with the flags of
 * V8 that production has, or with none (`--plain-v8`).
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { profileClicks, runClicks } from './clicks.ts'
import type { FanoutFigures } from './client/fanout/load.ts'
import type { Figures } from './client/measure.ts'
import type { ScaleFigures } from './client/scale.ts'
import { profileDurability, runDurability } from './durability.ts'
import { profileFanout, runFanout } from './fanout.ts'
import { type PlanName, planNames, type SleepFigures } from './plans.ts'
import { type Comparison, printScale, printTable, scaleJson, tableJson } from './report.ts'
import { clicksJson, printClicks } from './report-clicks.ts'
import { durabilityJson, printDurability } from './report-durability.ts'
import { fanoutJson, printFanout } from './report-fanout.ts'

import { printSleep, sleepJson } from './report-sleep.ts'
import { message, run, start } from './run.ts'
import { serverFlags, takePlainV8 } from './server-flags.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    'plain-v8': { type: 'boolean', default: false },
  },
})
const fanoutKinds = ['fanout', 'fanout-table'] as const
const others = ['clicks', 'durability', 'scale', 'sleep', ...fanoutKinds]
const unknown = positionals.filter((name) => !others.includes(name) && !planNames.includes(name as PlanName))
if (unknown.length > 0) throw new Error(`No such scenario: ${unknown.join(', ')}.`)

const all = positionals.length === 0
const names = planNames.filter((name) => all || positionals.includes(name))
// The JSON of a whole run is that of the scenarios; `clicks` and `scale` have objects of their own.
const wants = (name: string) => positionals.includes(name) || (all && !values.json)
const [withClicks, withDurability, withScale] = [wants('clicks'), wants('durability'), wants('scale')]
// Asked for by its name, `fanout` is both.
const fanouts = fanoutKinds.filter((kind) => wants(kind) || wants('fanout'))

if (values['plain-v8']) takePlainV8()
const directory = build()
if (values.profile) await printProfiles()
else await printFigures()

async function printFigures(): Promise<void> {
  const compared: Comparison[] = []
  for (const name of names) {
    const liveroot = await run<Figures>(directory, name, 'liveroot')
    const wholeTreeFlight = await run<Figures>(directory, name, 'wholeTreeFlight')
    compared.push({ name, liveroot, wholeTreeFlight })
  }
  const clicks = withClicks ? await runClicks(directory) : null
  const durability = withDurability ? await runDurability(directory) : null
  const scale = withScale ? await run<ScaleFigures[]>(directory, 'scale', 'liveroot') : null
  const sleep = wants('sleep')
    ? await message<SleepFigures[]>(start(path.join(directory, 'server/sleep.js'), []))
    : null
  const fanout: FanoutFigures[][] = []
  for (const kind of fanouts) fanout.push(await runFanout(directory, kind))
  if (values.json) {
    const spread = fanout.length === 0 ? null : fanoutJson(fanout)
    const kept = durability && durabilityJson(durability)
    const own = {
      ...(clicks && clicksJson(clicks)),
      ...kept,
      ...spread,
      ...(scale && scaleJson(scale)),
      ...(sleep && sleepJson(sleep)),
    }
    console.log(JSON.stringify({ ...tableJson(compared), ...own }))
    return
  }
  console.log(`servers: node ${serverFlags.join(' ') || 'with V8 as it comes'}`)
  if (compared.length > 0) printTable(compared)
  if (clicks !== null) printClicks(clicks)
  if (durability !== null) printDurability(durability)
  for (const figures of fanout) printFanout(figures)
  if (scale !== null) printScale(scale)
  if (sleep !== null) printSleep(sleep)
}

async function printProfiles(): Promise<void> {
  for (const name of names) {
    const { profile } = await run<Figures>(directory, name, 'liveroot', true)
    console.log(`${name}\n${profile?.join('\n')}\n`)
  }
  if (withClicks) console.log(`clicks\n${(await profileClicks(directory)).join('\n')}\n`)
  if (withDurability) console.log(`durability file\n${(await profileDurability(directory)).join('\n')}\n`)
  for (const kind of fanouts) {
    for (const [system, lines] of Object.entries(await profileFanout(directory, kind))) {
      if (system !== 'floor') console.log(`${kind} ${system}\n${lines.join('\n')}\n`)
    }
  }
  if (withScale)
    console.log(`scale\n${(await run<string[]>(directory, 'scale', 'liveroot', true)).join('\n')}\n`)
}
