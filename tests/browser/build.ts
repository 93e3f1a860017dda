import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findChromium } from './chromium.ts'

/** Builds the demo once, for production, before the first test in a browser; not where there is no browser. */
export default async function buildDemo(): Promise<void> {
  if (findChromium() === undefined) return
  const build = spawn(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(build, 'exit')
  if (code !== 0) throw new Error('The demo could not be built: `npm run build:demo` says why.')
}
