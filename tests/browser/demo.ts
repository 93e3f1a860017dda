import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumArguments, findChromium } from './chromium.ts'

const top = process.cwd()
const screenshots = join(top, 'test-output/screenshots')

/** The demo's server in a process of its own, on a free port. */
export interface Demo {
  readonly url: string
  /** Ends it as a deploy does, or at once where another signal says so. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts the demo as `npm start` does. Port 0 takes a free one. `bundle` is what was built, or a changed copy of it. */
export async function startDemo(
  port = 0,
  more: Readonly<Record<string, string>> = {},
  bundle = 'main.cjs',
): Promise<Demo> {
  const env = { ...process.env, ...more, NODE_ENV: 'production', PORT: String(port) }
  const server = spawn(process.execPath, [join('build/server', bundle)], {
    cwd: top,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await urlOf(server)
  return {
    url,
    stop: async (signal = 'SIGTERM') => {
      if (server.exitCode !== null || server.signalCode !== null) return
      server.kill(signal)
      await once(server, 'exit')
    },
  }
}

function urlOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The demo's server ended with ${code}.`)))
    server.stdout?.on('data', (text: Buffer) => {
      const url = /http:\/\/\S+/.exec(String(text))?.[0]
      if (url !== undefined) resolve(url)
    })
  })
}

/** A browser whose pages fail the test when they write an error or a warning to the console. */
export class TestBrowser {
  /** What pages complained of. A test that expects complaints empties it. */
  readonly complaints: string[] = []

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<TestBrowser> {
    const executablePath = findChromium()
    if (executablePath === undefined) throw new Error('No Chromium was found.')
    return new TestBrowser(await chromium.launch({ executablePath, args: chromiumArguments }))
  }

  /** A page of a visitor of its own. */
  async visit(url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context: BrowserContext = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...options,
    })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    await page.goto(url)
    return page
  }

  async close(): Promise<void> {
    await this.browser.close()
  }
}

/** Keeps a picture of the page in `test-output/screenshots`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}
