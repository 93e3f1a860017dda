/** `npm run bench -- [scenario ...] [scale] [--json] [--profile]`: Liveroot against sending whole trees. */
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import type { Figures } from './client/measure.ts'
import type { ScaleFigures } from './client/scale.ts'
import { type PlanName, planNames } from './plans.ts'
import { type Comparison, printScale, printTable, scaleJson, tableJson } from './report.ts'
import { run } from './run.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((name) => name !== 'scale' && !planNames.includes(name as PlanName))
if (unknown.length > 0) throw new Error(`No such scenario: ${unknown.join(', ')}.`)

const all = positionals.length === 0
const names = planNames.filter((name) => all || positionals.includes(name))
// The JSON of a whole run is that of the scenarios; `scale` has an object of its own.
const withScale = positionals.includes('scale') || (all && !values.json)

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
  const scale = withScale ? await run<ScaleFigures[]>(directory, 'scale', 'liveroot') : null
  if (values.json) {
    console.log(JSON.stringify({ ...tableJson(compared), ...(scale === null ? {} : scaleJson(scale)) }))
    return
  }
  if (compared.length > 0) printTable(compared)
  if (scale !== null) printScale(scale)
}

async function printProfiles(): Promise<void> {
  for (const name of names) {
    const { profile } = await run<Figures>(directory, name, 'liveroot', true)
    console.log(`${name}\n${profile?.join('\n')}\n`)
  }
  if (withScale)
    console.log(`scale\n${(await run<string[]>(directory, 'scale', 'liveroot', true)).join('\n')}\n`)
}
