/**
 * `npm run bench -- [scenario ...] [clicks] [scale] [--json] [--profile]`: Liveroot against sending whole trees, and
 * `clicks` against a bare echo.
 */
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { profileClicks, runClicks } from './clicks.ts'
import type { Figures } from './client/measure.ts'
import type { ScaleFigures } from './client/scale.ts'
import { type PlanName, planNames } from './plans.ts'
import { type Comparison, printScale, printTable, scaleJson, tableJson } from './report.ts'
import { clicksJson, printClicks } from './report-clicks.ts'
import { run } from './run.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
})
const others = ['clicks', 'scale']
const unknown = positionals.filter((name) => !others.includes(name) && !planNames.includes(name as PlanName))
if (unknown.length > 0) throw new Error(`No such scenario: ${unknown.join(', ')}.`)

const all = positionals.length === 0
const names = planNames.filter((name) => all || positionals.includes(name))
// The JSON of a whole run is that of the scenarios; `clicks` and `scale` have objects of their own.
const [withClicks, withScale] = others.map((name) => positionals.includes(name) || (all && !values.json))

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
  const scale = withScale ? await run<ScaleFigures[]>(directory, 'scale', 'liveroot') : null
  if (values.json) {
    const own = { ...(clicks && clicksJson(clicks)), ...(scale && scaleJson(scale)) }
    console.log(JSON.stringify({ ...tableJson(compared), ...own }))
    return
  }
  if (compared.length > 0) printTable(compared)
  if (clicks !== null) printClicks(clicks)
  if (scale !== null) printScale(scale)
}

async function printProfiles(): Promise<void> {
  for (const name of names) {
    const { profile } = await run<Figures>(directory, name, 'liveroot', true)
    console.log(`${name}\n${profile?.join('\n')}\n`)
  }
  if (withClicks) console.log(`clicks\n${(await profileClicks(directory)).join('\n')}\n`)
  if (withScale)
    console.log(`scale\n${(await run<string[]>(directory, 'scale', 'liveroot', true)).join('\n')}\n`)
}
