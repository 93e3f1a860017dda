import { Draw } from '../support/random.ts'
import { BrowserProcesses } from './browser-processes.ts'
import type { Finished } from './browsers.ts'
import { Pushes } from './pushes.ts'
import { Servers } from './servers.ts'
import { type EngineName, newPlace, removePlace, timersOf } from './stores.ts'

export interface ChaosOptions {
  readonly seconds: number
  readonly seed: number
  readonly clients: number
  /** How many servers the connections go to at random; where there are several, the store's engine is their bus, too. */
  readonly servers: number
  /** Where sessions are kept. */
  readonly store: EngineName
  readonly killEveryMs: number
  readonly meanBytesToCut: number
  readonly jitterMs: number
  readonly meanPauseMs: number
  readonly pushPauseMs: number
  readonly progress?: (line: string) => void
}

export const defaultChaosOptions = {
  clients: 200,
  servers: 1,
  killEveryMs: 20_000,
  meanBytesToCut: 20_000,
  jitterMs: 30,
  meanPauseMs: 500,
  pushPauseMs: 10,
} as const

export interface ChaosReport {
  /** What must not happen; nothing, where all is well. */
  readonly wrong: readonly string[]
  readonly lines: readonly string[]
  /** Operations that were done, servers that were killed, connections that were cut. */
  readonly operations: number
  readonly kills: number
  readonly cuts: number
}

const program = new URL('./server.ts', import.meta.url)

/** Runs the script under chaos, then undisturbed, and compares what every browser shows. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, clients, progress = () => {} } = options
  const chaos = await disturbed(options)
  const { counts, cuts } = chaos.finished
  const operations = counts.reduce((a, b) => a + b)
  progress(`undisturbed: ${operations} operations again`)
  const calm = await undisturbed(seed, clients, chaos.finished)
  const wrong = [...chaos.wrong, ...calm.wrong.map((what) => `undisturbed: ${what}`)]
  for (const [client, screen] of chaos.screens.entries()) {
    if (screen === calm.screens[client]) continue
    wrong.push(`client ${client} shows\n  ${screen}\ninstead of\n  ${calm.screens[client]}`)
  }
  return { wrong, lines: chaos.lines, operations, kills: chaos.kills, cuts }
}

interface Played {
  readonly finished: Finished
  readonly kills: number
  readonly screens: readonly string[]
  readonly wrong: readonly string[]
  readonly lines: readonly string[]
}

async function disturbed(options: ChaosOptions): Promise<Played> {
  const { seconds, seed, clients, store, progress = () => {} } = options
  const place = newPlace(store)
  const bus = options.servers > 1 ? store : 'memory'
  const servers = new Servers(program, options.servers, [store, bus, place])
  const browsers = new BrowserProcesses(clients)
  await servers.start()
  const { meanBytesToCut, jitterMs, meanPauseMs } = options
  const network = { targets: servers.ports, meanBytesToCut, jitterMs }
  await browsers.open({ seed, meanPauseMs, ...network })
  const pushes = new Pushes(clients, () => servers.ports[0] as number)
  const pushing = pushes.run(options.pushPauseMs)
  if (options.killEveryMs > 0) servers.killEvery(options.killEveryMs, new Draw(seed))
  const started = Date.now()
  const report = async () => {
    const { operations, connections, waiting } = await browsers.progress()
    const seconds = Math.round((Date.now() - started) / 1000)
    progress(
      `${seconds} s: ${operations} operations, ${servers.kills} kills, ${connections} connections, ${waiting} browsers without one`,
    )
  }
  const timer = setInterval(() => void report().catch(() => {}), 10_000)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  clearInterval(timer)
  await servers.spare()
  pushes.stop()
  await pushing
  const played = await settle(browsers, servers, pushes, { stops: true, timers: timersOf(store, bus) })
  await removePlace(store, place)
  const { counts, interrupted, refused, cuts, connections } = played.finished
  const lines = [
    `${counts.reduce((a, b) => a + b)} operations of ${clients} clients, ${pushes.answered} pushes (${pushes.repeated} repeated)`,
    `${interrupted.flat().length} calls that waited themselves were interrupted by a kill; refused of others: ${JSON.stringify(refused)}`,
    `${servers.kills} kills, ${cuts} connections cut of ${connections}`,
    ...played.lines,
  ]
  return { ...played, lines }
}

async function undisturbed(
  seed: number,
  clients: number,
  { counts, interrupted }: Finished,
): Promise<Played> {
  const servers = new Servers(program, 1, ['memory', 'memory', ''])
  const browsers = new BrowserProcesses(clients)
  await servers.start()
  const network = { targets: servers.ports }
  await browsers.open({ seed, meanPauseMs: 0, counts, interrupted, ...network })
  const pushes = new Pushes(clients, () => servers.ports[0] as number)
  return settle(browsers, servers, pushes, { stops: false, timers: 0 })
}

/**
 * Lets everybody end what they do, pushes what is pushed last, looks, and leaves nothing behind.
 *
 * @param stops whether nobody begins anything more; else everybody does all that they are to do.
 * @param timers that each server has for itself.
 */
async function settle(
  browsers: BrowserProcesses,
  servers: Servers,
  pushes: Pushes,
  { stops, timers }: { readonly stops: boolean; readonly timers: number },
): Promise<Played> {
  const finished = await browsers.finish(!stops)
  const screens = await browsers.screens(await pushes.last())
  await browsers.leave()
  const left = await whatIsLeft(browsers, servers, timers)
  await Promise.all([browsers.stop(), servers.stop()])
  const wrong = [...finished.wrong, ...left.wrong]
  return { finished, kills: servers.kills, screens, wrong, lines: left.lines }
}

/** Longer than anything that waits for a browser to come back, here or on another server, or for a page to be shown again. */
const leavingMs = 90_000

/** Everybody has left: no tree, no connection, no timer shall be left of them. */
async function whatIsLeft(
  browsers: BrowserProcesses,
  servers: Servers,
  ownTimers: number,
): Promise<{ wrong: string[]; lines: string[] }> {
  const end = Date.now() + leavingMs
  const errors: string[] = []
  for (;;) {
    const [pages, live] = await Promise.all([browsers.figures(), servers.figures()])
    errors.push(...pages.flatMap(({ failures }) => failures))
    errors.push(...live.flatMap((each) => [...each.errors, ...each.failures]))
    const held = [
      ...pages.flatMap(({ resources: { Timeout = 0, TCPSocketWrap = 0 } }): [string, number][] => [
        ['timers of the browsers', Timeout],
        ['sockets of the browsers', TCPSocketWrap],
      ]),
      ...live.flatMap((each, i): [string, number][] => [
        [`connections of server ${i}`, each.connections],
        [`sessions of server ${i}`, each.sessions],
        [`live trees of server ${i}`, each.mounted],
        [`timers of server ${i}`, (each.resources.Timeout ?? 0) - ownTimers],
      ]),
    ] as const
    const left = held.filter(([, count]) => count > 0).map(([what, count]) => `left: ${count} ${what}`)
    if (left.length > 0 && Date.now() < end) continue
    const heap = live.map(({ heapBytes }) => `${(heapBytes / 1e6).toFixed(1)} MB`)
    return { wrong: [...errors, ...left], lines: [`heap of the servers after: ${heap.join(', ')}`] }
  }
}
