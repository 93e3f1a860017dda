// Many browsers with real client sessions and DOMs by jsdom, in a process of their own, behind a network that fails: see
// browser-processes.ts.
import type { LiverootError } from '../../src/errors.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { isDocumented } from '../support/documented.ts'
import { Draw } from '../support/random.ts'
import './app.tsx'
import { ChaosClient } from './client.tsx'
import { ChaosProxy, type ProxyOptions } from './proxy.ts'

/** Calls that nobody waited for and that were refused, by code: how often. */
const refused: Record<string, number> = {}

keepFailures((error) => {
  if (!isDocumented(error)) return false
  const { code } = error as LiverootError
  const name = code ?? 'failed'
  refused[name] = (refused[name] ?? 0) + 1
  return true
})

export interface OpenBrowsers extends Omit<ProxyOptions, 'draw'> {
  /** The number of the first client; the others follow. */
  readonly first: number
  readonly clients: number
  readonly seed: number
  readonly meanPauseMs: number
  /** How many operations each does; as many as it can until `finish` by default. */
  readonly counts?: readonly number[]
  /** Operations of each that are left out. */
  readonly interrupted?: readonly (readonly number[])[]
}

/** How far they are. */
export interface Progress {
  readonly operations: number
  /** That were ever made. */
  readonly connections: number
  /** Browsers without one. */
  readonly waiting: number
}

/** How the browsers are when they have stopped. */
export interface Finished {
  readonly counts: readonly number[]
  /** Operations of each whose call was refused, for the server was killed while it ran: they must have no effect. */
  readonly interrupted: readonly (readonly number[])[]
  /** Of calls that nobody waited for, as those of clicks are. */
  readonly refused: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
  readonly cuts: number
  readonly connections: number
}

let proxy: ChaosProxy
let clients: ChaosClient[] = []
let runs: Promise<void>[] = []

answerParent({
  open: async ({
    first,
    clients: count,
    seed,
    meanPauseMs,
    counts,
    interrupted,
    ...network
  }: OpenBrowsers) => {
    proxy = new ChaosProxy({ ...network, draw: new Draw(seed + first) })
    const port = await proxy.listen()
    clients = Array.from(
      { length: count },
      (_, i) => new ChaosClient({ port, seed, client: first + i, meanPauseMs }),
    )
    runs = clients.map((client, i) => client.run(counts?.[i], interrupted?.[i]))
  },
  progress: (): Progress => ({
    operations: clients.reduce((sum, { done }) => sum + done, 0),
    connections: proxy.connections,
    waiting: clients.filter(({ isConnected }) => !isConnected).length,
  }),
  /** The network does not fail any more; every browser ends what it began, or all that it was to do. */
  finish: async (all: boolean): Promise<Finished> => {
    proxy.calm()
    if (!all) for (const client of clients) client.stop()
    await Promise.all(runs)
    const wrong = clients.flatMap(({ name, wrong: all }) => all.map((what) => `client ${name}: ${what}`))
    const interrupted = clients.map((client) => client.interrupted)
    return {
      counts: clients.map(({ done }) => done),
      interrupted,
      refused,
      wrong,
      cuts: proxy.cuts,
      connections: proxy.connections,
    }
  },
  /** Waits for values that were pushed, and returns what every browser shows. */
  screens: async (values: readonly string[]): Promise<string[]> => {
    await Promise.all(clients.map((client, i) => client.shows(values[i] as string)))
    return clients.map(({ html }) => html)
  },
  leave: async () => {
    for (const client of clients) client.leave()
    clients = []
    // What they say last is to arrive.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await proxy.close()
  },
  figures,
})
