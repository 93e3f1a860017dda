import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser to test with: `CHROMIUM_PATH`, else one in a usual place. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined && named !== '') return named
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  return [...usualPlaces, ...onPath].find((path) => existsSync(path))
}

/** Headless, without a sandbox (tests may run as root), and without talking to anyone but the page's server. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * `describe` where there is a browser. Where there is none it says so on one line; with `LIVEROOT_REQUIRE_BROWSER` set
 * it fails instead.
 */
export function describeInBrowser(name: string, body: () => void): void {
  if (findChromium() !== undefined) return describe(name, body)
  if (process.env.LIVEROOT_REQUIRE_BROWSER) {
    test(name, () => {
      throw new Error('No Chromium was found, and LIVEROOT_REQUIRE_BROWSER asks for one. Set CHROMIUM_PATH.')
    })
    return
  }
  process.stderr.write(`Skipped in a real browser: ${name} (no Chromium found; set CHROMIUM_PATH)\n`)
  test.skip(name, () => {})
}
