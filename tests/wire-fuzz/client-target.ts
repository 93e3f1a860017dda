import type { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import { patiently } from '../processes/patience.ts'
import { type Item, storeItem } from './cases.ts'
import type { Played } from './play.ts'
import { type Suspicion, startBrowser, startServer, type Target } from './target.ts'

/** The client, attacked by what it takes for its server. */
export class ClientTarget implements Target {
  readonly name = 'client'
  readonly atOnce = 1
  sent = 0
  private server: Child | null = null
  private child: Child | null = null

  async start(): Promise<void> {
    await this.stop()
    this.server = startServer()
    this.child = startBrowser()
    await this.child.ask('bystand', await this.server.ask<number>('listen'))
    await this.clicks()
    this.well = true
  }

  well = false

  async play(cases: readonly (readonly Item[])[]): Promise<Suspicion | null> {
    const child = this.child as Child
    try {
      const stored = cases.map((items) => items.map(storeItem))
      const played = child.ask<Played & { index: number }>('play', stored)
      const { finding, sent, index } = await patiently([child], played, { turns: Infinity })
      this.sent += sent
      if (finding !== null) return { finding, suspects: cases.slice(0, index + 1).reverse() }
      await this.clicks()
      return null
    } catch (error) {
      this.well = false
      const what = child.ended === null ? 'the client hangs, or its bystander' : 'the client ended'
      return { finding: { what, details: String(error) }, suspects: cases }
    }
  }

  /** Waits until the bystander has clicked once more, and tells how often it has. */
  private clicks(): Promise<number> {
    const [child, server] = [this.child as Child, this.server as Child]
    return patiently([child, server], child.ask<number>('clicks'))
  }

  /** What the last cases left waits for a while. */
  async figures(): Promise<Figures> {
    let figures = await (this.child as Child).ask<Figures>('figures')
    for (let i = 0; i < 50 && (figures.resources.Timeout ?? 0) > 5; i++) {
      figures = await (this.child as Child).ask<Figures>('figures')
    }
    return figures
  }

  async report(): Promise<string[]> {
    return [`the bystander clicked ${await this.clicks()} times`]
  }

  async stop(): Promise<void> {
    // One that hangs hears of nothing else.
    await this.child?.kill()
    await this.server?.stop()
  }
}
