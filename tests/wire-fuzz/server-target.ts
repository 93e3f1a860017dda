import type { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import { Attacker } from './attacker.ts'
import { Bystander } from './bystander.ts'
import type { Item } from './cases.ts'
import type { Finding } from './finding.ts'
import { type Suspicion, startServer, type Target } from './target.ts'

interface ServerFigures extends Figures {
  readonly connections: number
  readonly sessions: number
  readonly mounted: number
  readonly refused: Readonly<Record<string, number>>
}

interface Health {
  readonly failures: readonly string[]
  /** What the application heard of, since it was last asked. */
  readonly errors: readonly string[]
}

/** Errors that the components under attack ask for; any other is the server's own. */
const askedFor = /^handler_failed: Error: asked for|^handler_failed: UserError|^result_not_serializable: /

/** The server, attacked by browsers over real sockets. */
export class ServerTarget implements Target {
  readonly name = 'server'
  /** Connections that are attacked through. Each waits most of the time, for answers that may not come. */
  readonly atOnce = 32
  private child: Child | null = null
  private bystander: Bystander | null = null
  private attackers: Attacker[] = []
  private before = 0

  get sent(): number {
    return this.attackers.reduce((sum, { sent }) => sum + sent, this.before)
  }

  async start(): Promise<void> {
    await this.stop()
    this.before = this.sent
    const child = startServer()
    this.child = child
    const port = await child.ask<number>('listen')
    this.bystander = await Bystander.open(child, port)
    this.attackers = Array.from({ length: this.atOnce }, () => new Attacker(child, port))
  }

  get well(): boolean {
    return this.child?.ended === null && this.bystander?.disturbed === null
  }

  async play(cases: readonly (readonly Item[])[]): Promise<Suspicion | null> {
    const waiting = [...cases]
    let found: Suspicion | null = null
    const work = this.attackers.map(async (attacker) => {
      for (let items = waiting.shift(); items !== undefined && found === null; items = waiting.shift()) {
        const finding = await attacker.play(items)
        if (finding !== null) found = { finding, suspects: [items] }
      }
    })
    await Promise.all(work)
    const wrong = await this.wrong()
    return wrong === null ? found : { finding: wrong, suspects: cases }
  }

  private async wrong(): Promise<Finding | null> {
    if (this.child?.ended != null) return { what: 'the server ended', details: this.child.ended }
    if (this.bystander?.disturbed != null) return this.bystander.disturbed
    try {
      const { failures, errors } = await (this.child as Child).ask<Health>('health')
      if (failures.length > 0) return { what: 'nobody caught an error', details: failures[0] as string }
      const own = errors.find((error) => !askedFor.test(error))
      return own === undefined ? null : { what: 'an error of the server', details: own }
    } catch (error) {
      return { what: 'the server ended', details: String(error) }
    }
  }

  async figures(): Promise<Figures> {
    const { connections, sessions, mounted, ...figures } = await this.settled()
    return { ...figures, resources: { ...figures.resources, connections, sessions, mounted } }
  }

  /** The sessions of the last cases wait a while for somebody to come back. */
  private async settled(): Promise<ServerFigures> {
    let figures = await (this.child as Child).ask<ServerFigures>('figures')
    for (let i = 0; i < 100 && figures.sessions > 1; i++) {
      figures = await (this.child as Child).ask<ServerFigures>('figures')
    }
    return figures
  }

  async report(): Promise<string[]> {
    const { refused } = await this.settled()
    const { clicks, slowestMs } = this.bystander as Bystander
    return [
      `refused: ${Object.entries(refused)
        .map(([code, times]) => `${code} ${times}`)
        .join(', ')}`,
      `the bystander clicked ${clicks} times, the slowest click took ${Math.round(slowestMs)} ms`,
    ]
  }

  async stop(): Promise<void> {
    this.bystander?.stop()
    await this.child?.stop()
  }
}
