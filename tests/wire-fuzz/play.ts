import type { Body } from '../../src/protocol/messages.ts'
import { takeFailures } from '../processes/figures.ts'
import { isDocumented } from '../support/documented.ts'
import { openPage, type Page } from '../support/page.tsx'
import { type Item, restoreItem, type StoredItem } from './cases.ts'
import type { Finding } from './finding.ts'
import { HostileServer } from './hostile-server.ts'
import { steps } from './steps.ts'

/** What a case came to. */
export interface Played {
  readonly finding: Finding | null
  /** Messages that came to the client. */
  readonly sent: number
}

/**
 * Plays cases one after the other, each on a page of its own, up to the first that something is wrong with: it or one
 * before it led to that.
 */
export async function play(cases: readonly (readonly StoredItem[])[]): Promise<Played & { index: number }> {
  // Stacks cost a fifth of all. A case that fails is played again by itself.
  Error.stackTraceLimit = cases.length > 1 ? 0 : 20
  let sent = 0
  for (const [index, items] of cases.entries()) {
    const played = await playOne(items.map(restoreItem))
    sent += played.sent
    if (played.finding !== null) return { finding: played.finding, sent, index }
  }
  // What is taken off a page lets go of its root in a later turn.
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0))
  return { finding: unheard(), sent, index: cases.length - 1 }
}

async function playOne(items: readonly Item[]): Promise<Played> {
  const server = new HostileServer()
  const page = openPage(server.connect)
  let finding: Finding | null = null
  let sent = 0
  for (const item of items) {
    if ('step' in item) doStep(page, item.step, (wrong) => (finding ??= wrong))
    else if ('cut' in item) server.cut()
    else if ('message' in item) {
      if (!(await server.listens(page.session))) break
      sent++
      finding ??= deliver(server, item.message)
    }
    await turn()
    finding ??= unheard()
    if (finding !== null) break
  }
  for (let i = 0; i < 3; i++) await turn()
  page.close()
  server.cut()
  await turn()
  return { finding: finding ?? unheard(), sent }
}

function deliver(server: HostileServer, body: Body): Finding | null {
  try {
    server.say(body)
    return null
  } catch (error) {
    return { what: 'the client threw at a message', details: String((error as Error).stack ?? error) }
  }
}

/** What the page does may fail, in ways that are documented. */
function doStep(page: Page, step: keyof typeof steps, report: (finding: Finding) => void): void {
  Promise.resolve()
    .then(() => steps[step](page))
    .catch((error) => {
      const wrong = undocumented(error)
      if (wrong !== null) report(wrong)
    })
}

function undocumented(error: unknown): Finding | null {
  if (isDocumented(error)) return null
  return { what: 'an error without a code', details: String((error as Error)?.stack ?? error) }
}

function unheard(): Finding | null {
  const [first] = takeFailures()
  return first === undefined ? null : { what: 'nobody caught an error', details: first }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
