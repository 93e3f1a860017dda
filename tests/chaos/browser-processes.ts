import { Child } from '../processes/child.ts'
import type { Figures } from '../processes/figures.ts'
import type { Finished, OpenBrowsers, Progress } from './browsers.ts'

/** More in one process than this would keep each other waiting: a page costs its core more than the server's. */
const mostInOne = 100

/** The browsers of a run, in as many processes as they need, which are asked as one. */
export class BrowserProcesses {
  private readonly children: Child[]

  constructor(private readonly clients: number) {
    const program = new URL('./browsers.ts', import.meta.url)
    this.children = Array.from({ length: Math.ceil(clients / mostInOne) }, () => Child.start(program))
  }

  /** The clients of a process, by their numbers: from one up to another one. */
  private rangeOf(child: number): readonly [number, number] {
    const share = Math.ceil(this.clients / this.children.length)
    return [child * share, Math.min(this.clients, (child + 1) * share)]
  }

  async open(options: Omit<OpenBrowsers, 'first' | 'clients'>): Promise<void> {
    const { counts, interrupted } = options
    await this.ask('open', ([first, end]): OpenBrowsers => {
      const own = {
        ...(counts === undefined ? {} : { counts: counts.slice(first, end) }),
        ...(interrupted === undefined ? {} : { interrupted: interrupted.slice(first, end) }),
      }
      return { ...options, ...own, first, clients: end - first }
    })
  }

  async progress(): Promise<Progress> {
    const all = await this.ask<Progress>('progress')
    return {
      operations: sum(all, ({ operations }) => operations),
      connections: sum(all, ({ connections }) => connections),
      waiting: sum(all, ({ waiting }) => waiting),
    }
  }

  async finish(all: boolean): Promise<Finished> {
    const each = await this.ask<Finished>('finish', () => all)
    return {
      counts: each.flatMap(({ counts }) => counts),
      interrupted: each.flatMap(({ interrupted }) => interrupted),
      refused: added(each.map(({ refused }) => refused)),
      wrong: each.flatMap(({ wrong }) => wrong),
      cuts: sum(each, ({ cuts }) => cuts),
      connections: sum(each, ({ connections }) => connections),
    }
  }

  async screens(values: readonly string[]): Promise<string[]> {
    return (await this.ask<string[]>('screens', (range) => values.slice(...range))).flat()
  }

  async leave(): Promise<void> {
    await this.ask('leave')
  }

  figures(): Promise<Figures[]> {
    return this.ask('figures')
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()))
  }

  private ask<T>(
    name: string,
    argument: (range: readonly [number, number]) => unknown = () => undefined,
  ): Promise<T[]> {
    return Promise.all(this.children.map((child, i) => child.ask<T>(name, argument(this.rangeOf(i)))))
  }
}

function sum<T>(all: readonly T[], count: (each: T) => number): number {
  return all.reduce((total, each) => total + count(each), 0)
}

function added(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const each of all)
    for (const [name, count] of Object.entries(each)) total[name] = (total[name] ?? 0) + count
  return total
}
