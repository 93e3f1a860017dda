import type { Figures } from '../processes/figures.ts'
import { Draw } from '../support/random.ts'
import { type Item, Recording } from './cases.ts'
import { restoreEvent, type StoredEvent } from './conversation.ts'
import type { Finding } from './finding.ts'
import { shrink } from './shrink.ts'
import { type Suspicion, startBrowser, startServer, type Target } from './target.ts'

/** Cases between two looks at whether all is well, for each that is played at once. */
const batchSize = 40
/** In a short run there are fewer: it ends soon after it has sent enough. */
const shortRun = 10_000

/** The heap may be that much larger than it was after half of the run: code is compiled as it is used. */
const heapMargin = 1.05
const heapMarginBytes = 3_000_000

export interface Failure {
  readonly target: string
  readonly finding: Finding
  /** The smallest case that was found to show it. */
  readonly items: readonly Item[]
}

export interface Run {
  readonly failure: Failure | null
  readonly sent: number
  readonly cases: number
  readonly report: readonly string[]
}

/** What a real client and a real server say to each other, at every step that the page knows. */
export async function recordConversation(): Promise<Recording> {
  const [server, browser] = [startServer(), startBrowser()]
  const port = await server.ask<number>('listen')
  const events = await browser.ask<StoredEvent[]>('record', port)
  await Promise.all([browser.stop(), server.stop()])
  return new Recording(events.map(restoreEvent))
}

export interface FuzzOptions {
  /** How many messages are sent, at least. */
  readonly messages: number
  readonly seed: number
  readonly looksForGrowth: boolean
  readonly progress: (sent: number) => void
  /** Hears of what is wrong before it is cut down, which takes its time. */
  readonly suspected: (what: string) => void
}

/** Attacks a target until it was sent so many messages, or something is wrong. The same seed makes the same cases. */
export async function fuzz(
  target: Target,
  makeCase: (draw: Draw) => readonly Item[],
  { messages, seed, looksForGrowth, progress, suspected }: FuzzOptions,
): Promise<Run> {
  await target.start()
  const casesAtOnce = messages < shortRun ? batchSize : batchSize * target.atOnce
  let cases = 0
  let before: Figures | null = null
  try {
    while (target.sent < messages) {
      const batch = Array.from({ length: casesAtOnce }, () => makeCase(new Draw(seed + cases++)))
      const suspicion = await target.play(batch)
      if (suspicion !== null) {
        suspected(`${target.name}, after ${cases} cases: ${suspicion.finding.what}`)
        const failure = await smallest(target, suspicion)
        return { failure, sent: target.sent, cases, report: [] }
      }
      progress(target.sent)
      // What every run loads and compiles is there by now.
      if (before === null && target.sent >= messages / 2) before = await target.figures()
    }
    const after = await target.figures()
    const finding = looksForGrowth ? grown(before ?? after, after) : null
    const failure = finding === null ? null : { target: target.name, finding, items: [] }
    const heap = [before ?? after, after].map(({ heapBytes }) => `${(heapBytes / 1e6).toFixed(1)} MB`)
    const report = [
      `heap ${heap.join(' → ')}; ${JSON.stringify(after.resources)}`,
      ...(await target.report()),
    ]
    return { failure, sent: target.sent, cases, report }
  } finally {
    await target.stop()
  }
}

function grown(before: Figures, after: Figures): Finding | null {
  const details = JSON.stringify({ before, after })
  if (after.heapBytes > before.heapBytes * heapMargin + heapMarginBytes)
    return { what: 'the heap has grown', details }
  for (const [name, count] of Object.entries(after.resources)) {
    // Timers come and go; hundreds of cases that each left one would be hundreds.
    if (count > (before.resources[name] ?? 0) + 5) return { what: `more of ${name} than before`, details }
  }
  return null
}

/** Looks for the one case that shows it by itself, and for what of it is not needed. */
async function smallest(target: Target, { finding, suspects }: Suspicion): Promise<Failure> {
  let found: Finding | null = null
  const fails = async (items: readonly Item[]): Promise<boolean> => {
    if (!target.well) await target.start()
    const suspicion = await target.play([items])
    if (suspicion !== null) found = suspicion.finding
    return suspicion !== null
  }
  for (const suspect of suspects) {
    if (!(await fails(suspect))) continue
    const items = await shrink(suspect, fails, 100)
    return { target: target.name, finding: found ?? finding, items }
  }
  return {
    target: target.name,
    finding,
    items: suspects.flatMap((items) => [...items, { cut: true } as const]),
  }
}
