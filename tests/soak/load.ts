// The browsers of a soak, in a process of their own.
import { answerParent } from '../processes/answer-parent.ts'
import { keepFailures, takeFailures } from '../processes/figures.ts'
import { Draw } from '../support/random.ts'
import { HeadlessBrowser } from './headless-browser.ts'
import { sleepAfterMs } from './times.ts'

keepFailures()

/** What the browsers have done. */
export interface Done {
  readonly sessions: number
  readonly clicks: number
  readonly sleeps: number
  readonly wrong: readonly string[]
}

export interface Load {
  readonly port: number
  /** Browsers at any moment. */
  readonly sessions: number
  readonly seed: number
  /** How long a browser does nothing, between two things that it does; on average. */
  readonly pauseMs: number
}

const wrong: string[] = []
let [sessions, clicks, sleeps] = [0, 0, 0]
let stopping = false
let running: Promise<void>[] = []

/** One visit after the other: a browser that comes, clicks, sleeps, clicks again and leaves. */
async function visit({ port, pauseMs }: Load, draw: Draw): Promise<void> {
  // Not all at once.
  await sleep(pauseMs * 5 * draw.number())
  while (!stopping && wrong.length < 10) {
    const browser = new HeadlessBrowser(port, draw.percent(50) ? '/soak' : '/quiet')
    sessions++
    try {
      let n = 0
      await browser.shows((text) => text.startsWith('0one'))
      for (let rounds = 1 + draw.below(3); rounds > 0 && !stopping; rounds--) {
        for (let more = 1 + draw.below(5); more > 0; more--) {
          await browser.click('button')
          n++
          clicks++
          await browser.shows((text) => text.startsWith(String(n)))
          if (draw.percent(30)) await browser.click('ul')
          await sleep(2 * pauseMs * draw.number())
        }
        if (draw.percent(50)) await doNothing(pauseMs, draw)
        else await beAway(browser, pauseMs, draw)
      }
      // It comes back to what it left.
      await browser.click('button')
      await browser.shows((text) => text.startsWith(String(n + 1)))
      // Some leave without a word.
      if (draw.percent(20)) browser.goOffline()
    } catch (error) {
      wrong.push(`${error}; away for up to ${browser.awayMs} ms; the page shows ${browser.text}`)
    }
    browser.leave()
  }
}

/** Longer than a session must be idle to sleep. */
function doNothing(pauseMs: number, draw: Draw): Promise<void> {
  return sleep(Math.max(sleepAfterMs * 1.5, 4 * pauseMs * draw.number()))
}

async function beAway(browser: HeadlessBrowser, pauseMs: number, draw: Draw): Promise<void> {
  browser.goOffline()
  sleeps++
  await sleep(4 * pauseMs * draw.number())
  browser.goOnline()
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

const done = (): Done => ({ sessions, clicks, sleeps, wrong: [...wrong, ...takeFailures()] })

answerParent({
  start: (load: Load) => {
    stopping = false
    running = Array.from({ length: load.sessions }, (_, i) => visit(load, new Draw(load.seed + i)))
  },
  done,
  /** Resolves when all have left. */
  stop: async () => {
    stopping = true
    await Promise.all(running)
    return done()
  },
})
