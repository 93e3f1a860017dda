import type { LiverootError } from '../../src/errors.ts'
import { connectTo, Heard } from '../support/connect-to.ts'
import { openPage, type Page } from '../support/page.tsx'
import { Draw } from '../support/random.ts'
import { enter } from '../support/user.ts'
import { asks } from './client-parts.tsx'
import { type Operation, operation } from './script.ts'

/** Longer than anything takes, on any machine, kills and reconnects included. */
const patienceMs = 120_000

/**
 * A client that waits looks at its page less and less often: hundreds that wait for one server would keep a core busy with
 * looking, and nothing would come to any of them.
 */
const firstLookMs = 5
const longestLookMs = 100

export interface ClientOptions {
  readonly port: number
  readonly seed: number
  readonly client: number
  /** So long between two operations, on average. */
  readonly meanPauseMs: number
}

/** A browser that does what its script says, one operation after the other. */
export class ChaosClient {
  /** Operations that are done. */
  done = 0
  /** Operations whose call ran when its server was killed, and was not run again. */
  readonly interrupted: number[] = []
  /** What must not happen. */
  readonly wrong: string[] = []
  private readonly heard = new Heard()
  private readonly page: Page
  private readonly draw: Draw
  private stopping = false
  readonly name: string

  constructor(private readonly options: ClientOptions) {
    this.name = String(options.client)
    this.draw = new Draw(options.seed + options.client)
    this.page = openPage(connectTo(options.port, this.heard), { firstDelayMs: 50, maxDelayMs: 1_000 })
    this.page.show(`/chaos/${options.client}`)
  }

  /** Does operations up to a number, or until it is stopped; all but those to leave out. */
  async run(upTo = Number.POSITIVE_INFINITY, leaveOut: readonly number[] = []): Promise<void> {
    const { seed, client, meanPauseMs } = this.options
    await this.until(() => this.find('main') !== null && asks.get(this.name)?.addRow !== undefined)
    while (!this.stopping && this.done < upTo && this.wrong.length === 0) {
      const next = operation(seed, client, this.done)
      try {
        if (!leaveOut.includes(this.done)) await this.do(next)
        this.done++
      } catch (error) {
        if (next.kind === 'addLater' && (error as LiverootError).code === 'call_interrupted') {
          this.interrupted.push(this.done++)
          continue
        }
        const { state, reason } = this.page.session.status.current
        this.wrong.push(
          `operation ${this.done}, ${JSON.stringify(next)}: ${error} (${state}, ${reason}; heard ${JSON.stringify(this.heard.last)})`,
        )
      }
      if (meanPauseMs > 0) await sleep(2 * meanPauseMs * this.draw.number())
    }
  }

  get isConnected(): boolean {
    return this.page.session.isOpen
  }

  /** No operation begins any more. */
  stop(): void {
    this.stopping = true
  }

  private async do(next: Operation): Promise<void> {
    switch (next.kind) {
      case 'add':
        return void (await Promise.all(next.values.map((value) => this.ask('add', value))))
      case 'addLater':
        return this.ask('addLater', next.value)
      case 'addRow':
        return this.addRow(next.id)
      case 'count':
        return this.click('.count')
      case 'countHere':
        return this.click('.here')
      case 'toggleRow':
        return this.toggleRow(next.at)
      case 'type':
        return this.type(next.text)
    }
  }

  private async ask(name: string, value: number): Promise<void> {
    const answer = await within(asks.get(this.name)?.[name]?.(value), name)
    if (answer !== value + 1) throw new Error(`${name}(${value}) answered ${JSON.stringify(answer)}`)
  }

  private async addRow(id: number): Promise<void> {
    await within(asks.get(this.name)?.addRow?.(id), 'addRow')
    await this.until(() => this.find('li')?.textContent === `Row ${id}`)
  }

  private async click(selector: string): Promise<void> {
    const button = this.find(selector) as HTMLElement
    const n = Number.parseInt(button.textContent ?? '', 10)
    button.click()
    await this.until(() => Number.parseInt(this.find(selector)?.textContent ?? '', 10) === n + 1)
  }

  private async toggleRow(at: number): Promise<void> {
    const rows = this.page.container.querySelectorAll<HTMLElement>('li')
    const row = rows[at % Math.max(1, rows.length)]
    if (row === undefined) return
    const before = row.className
    row.click()
    await this.until(() => row.className !== before && row.isConnected)
  }

  private async type(text: string): Promise<void> {
    const field = this.find('input') as HTMLInputElement
    const after = (field.value + text).slice(-12)
    field.setSelectionRange(field.value.length, field.value.length)
    enter(field as never, text)
    await this.until(() => this.find('label i')?.textContent === after && field.value === after)
  }

  /** Waits until the page shows what was pushed last. */
  async shows(value: string): Promise<void> {
    await this.until(() => this.find('output')?.textContent === value).catch((error) => {
      this.wrong.push(`${error}, for ${value}`)
    })
  }

  get html(): string {
    // React keeps the attribute of a field as it was first; what the user sees is its value.
    const value = (this.find('input') as HTMLInputElement | null)?.value
    return `${this.page.container.innerHTML} [${value}]`
  }

  leave(): void {
    this.page.close()
    asks.delete(this.name)
  }

  private find(selector: string): Element | null {
    return this.page.container.querySelector(selector)
  }

  private async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + patienceMs
    for (let pauseMs = firstLookMs; !condition(); pauseMs = Math.min(1.3 * pauseMs, longestLookMs)) {
      if (Date.now() > end) throw new Error(`waited in vain for ${condition}; the page shows ${this.html}`)
      await sleep(pauseMs)
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function within(promise: Promise<unknown> | undefined, what: string): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not answered`)), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
