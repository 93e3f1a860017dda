import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ClickServer, measureClicks, profileServers } from './clicks.ts'
import type { LoadFigures } from './client/clicks/load.ts'
import type { Keeping } from './plans.ts'

/** Enough to see how much later an answer comes. */
const clicksAlone = 100

/** Clicks on the demo's counter, by how its state is kept. */
export type DurabilityFigures = Readonly<Record<Keeping, LoadFigures>>

/** Measures what it costs a click that the state behind it outlives the process. */
export async function runDurability(directory: string): Promise<DurabilityFigures> {
  const { load } = await withServers((servers) => measureClicks<Keeping>(directory, servers, clicksAlone))
  return load
}

export function profileDurability(directory: string): Promise<string[]> {
  return withServers((servers) => profileServers(directory, servers, 'file'))
}

async function withServers<T>(use: (servers: readonly ClickServer[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'liveroot-bench-'))
  const serverOf = (keeping: Keeping): ClickServer => ({
    targets: { [keeping]: 'liveroot' },
    file: 'server/main.js',
    args: ['clicks', 'liveroot', keeping, path.join(folder, 'sessions.log')],
  })
  try {
    return await use([serverOf('none'), serverOf('memory'), serverOf('file')])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
