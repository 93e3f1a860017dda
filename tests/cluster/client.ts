import type { LiverootError } from '../../src/errors.ts'
import { connectTo, Heard } from '../support/connect-to.ts'
import { openPage, type Page } from '../support/page.tsx'
import { Draw } from '../support/random.ts'
import { hall, type Line } from './app.tsx'
import { functionsOn } from './client-parts.tsx'

/** Longer than anything takes, on any machine, kills and reconnects included. */
const patienceMs = 120_000

/** How long a new page, once it is there, may take to show what the others do, before it is taken for different. */
const recordMs = 10_000

export interface ClientOptions {
  readonly port: number
  readonly seed: number
  readonly client: number
  readonly room: string
  /** So long between two operations, on average. */
  readonly meanPauseMs: number
}

/** Calls of tallies, by tally. */
export type Tokens = Readonly<Record<string, readonly string[]>>

/** What a client did, and shows when it has stopped. */
export interface Deeds {
  readonly client: number
  readonly room: string
  /** Lines that were answered; by number. */
  readonly lines: readonly number[]
  /** Lines whose call ran when its server was killed: they may have been published. */
  readonly interrupted: readonly number[]
  /** Calls that were answered, by tally. */
  readonly counted: Tokens
  /** What it shows of what everybody in its room sees. */
  readonly picture: Readonly<Record<string, string>>
  readonly wrong: readonly string[]
}

/** A browser of a cluster run. */
export class ClusterClient {
  /** Calls that were answered. */
  done = 0
  private readonly lines: number[] = []
  private readonly interrupted: number[] = []
  private readonly counted: Record<string, readonly string[]> = {}
  private own = 0
  private readonly wrong: string[] = []
  private readonly heard = new Heard()
  private readonly page: Page
  private readonly draw: Draw
  private stopping = false

  get client(): number {
    return this.options.client
  }

  constructor(private readonly options: ClientOptions) {
    const { port, seed, client, room } = options
    this.draw = new Draw(seed * 1_000_003 + client)
    this.page = openPage(connectTo(port, this.heard), { firstDelayMs: 50, maxDelayMs: 1_000 })
    this.page.show(`/room/${room}/${client}`)
  }

  /** Does one thing after the other until it is stopped, or something is wrong. */
  async run(): Promise<void> {
    let n = 0
    try {
      await this.until(
        () =>
          this.given(`tally-${this.options.room}`) !== undefined && this.given(`tally-${hall}`) !== undefined,
      )
      for (; !this.stopping; n++) {
        // They have all begun at once.
        await sleep(2 * this.options.meanPauseMs * this.draw.number())
        await this.do(n)
        this.done++
      }
    } catch (error) {
      const { state, reason } = this.page.session.status.current
      const { code } = error as LiverootError
      const heard = JSON.stringify(this.heard.last)
      this.wrong.push(`operation ${n}: ${code} ${error} (${state}, ${reason}; heard ${heard})`)
    }
  }

  /** Nothing begins any more. */
  stop(): void {
    this.stopping = true
  }

  private async do(n: number): Promise<void> {
    const { room } = this.options
    const of100 = this.draw.below(100)
    if (of100 < 50) await this.say(n)
    else if (of100 < 85) await this.count(room, n)
    else if (of100 < 90) await this.count(hall, n)
    else {
      await this.ask('own', 'count')
      this.own++
    }
  }

  private async say(n: number): Promise<void> {
    try {
      await this.ask('chat', 'send', n)
      this.lines.push(n)
    } catch (error) {
      if ((error as LiverootError).code !== 'call_interrupted') throw error
      this.interrupted.push(n)
    }
  }

  private async count(tally: string, n: number): Promise<void> {
    const token = `${this.options.client}.${n}`
    const answer = await this.ask(`tally-${tally}`, 'add', token)
    if (answer !== token) throw new Error(`${token} was answered with ${answer}`)
    this.counted[tally] = [...(this.counted[tally] ?? []), token]
  }

  private async ask(name: string, what: string, value?: unknown): Promise<unknown> {
    const asked = this.given(name)?.[what]?.(value)
    if (asked === undefined) throw new Error(`There is no ${name} on the page: ${this.html}`)
    return within(asked, `${name} ${what}`)
  }

  private given(name: string) {
    return functionsOn(this.page.container, name)
  }

  get deeds(): Deeds {
    const { lines, interrupted, counted, picture, wrong } = this
    const { client, room } = this.options
    return { client, room, lines, interrupted, counted, picture, wrong: [...wrong, ...this.unlike()] }
  }

  /** What of its own it shows wrongly, when it has stopped. */
  private unlike(): string[] {
    const [own, gaps] = [this.text('.own'), this.text('.gaps')]
    const wrong = this.page.errors.map((error) => `error on the page: ${error}`)
    if (own !== String(this.own)) wrong.push(`its own counter is ${own} after ${this.own} calls`)
    if (gaps !== '0') wrong.push(`${gaps} gaps in a topic with history`)
    return wrong
  }

  /** What it shows of what everybody in its room sees. */
  get picture(): Readonly<Record<string, string>> {
    const names = [
      'chat',
      `tally-${this.options.room}`,
      `tally-${hall}`,
      `here-${this.options.room}`,
      `here-${hall}`,
    ]
    return Object.fromEntries(names.map((name) => [name, this.text(`.${name}`)]))
  }

  text(selector: string): string {
    return this.page.container.querySelector(selector)?.textContent ?? 'nothing'
  }

  private get html(): string {
    return this.page.container.innerHTML
  }

  leave(): void {
    this.page.close()
  }

  private async until(condition: () => boolean): Promise<void> {
    await until(condition, () => this.html)
  }
}

/** A room as somebody finds it who comes when all is done. */
export interface RoomRecord {
  readonly room: string
  readonly chat: string
  readonly lines: readonly Line[]
  /** The calls that were counted, by tally. */
  readonly tokens: Tokens
}

/** @param chat what the room shows of its chat: history comes after the first picture. */
export async function readRecord(port: number, room: string, chat: string): Promise<RoomRecord> {
  const page = openPage(connectTo(port))
  page.show(`/record/${room}`)
  const names = ['record', `tally-${room}`, `tally-${hall}`]
  const isThere = () => names.every((name) => functionsOn(page.container, name) !== undefined)
  await until(isThere, () => page.container.innerHTML)
  const end = Date.now() + recordMs
  const shown = () => page.container.querySelector('.chat')?.textContent ?? 'nothing'
  while (shown() !== chat && Date.now() < end) await sleep(5)
  const read = (name: string, what: string) => {
    const asked = functionsOn(page.container, name)?.[what]?.()
    if (asked === undefined) throw new Error(`There is no ${name} on the page: ${page.container.innerHTML}`)
    return within(asked, `${name} ${what}`)
  }
  const lines = (await read('record', 'lines')) as Line[]
  const tokens: Record<string, string[]> = {}
  for (const tally of [room, hall]) tokens[tally] = (await read(`tally-${tally}`, 'tokens')) as string[]
  const record = { room, chat: shown(), lines, tokens }
  page.close()
  return record
}

async function until(condition: () => boolean, html: () => string): Promise<void> {
  const end = Date.now() + patienceMs
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}; the page shows ${html()}`)
    await sleep(5)
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not answered`)), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
