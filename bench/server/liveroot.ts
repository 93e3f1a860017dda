import type { Server } from 'node:http'
import { createLiveServer, fileStore, route } from '../../src/server/index.ts'
import type { Keeping } from '../plans.ts'
import type { Scenario } from '../scenarios/scenario.ts'

/** How the server keeps state, and the file that `file` takes. */
export interface KeepingOptions {
  readonly keeping: Keeping
  readonly path: string
}

/** Every root a live tree; returns what triggers the n-th update. */
export function serveLiveroot(
  http: Server,
  { component, message }: Scenario,
  { keeping, path }: KeepingOptions,
): (n: number) => void {
  const live = createLiveServer({
    routes: [route('/bench', component, { durable: keeping !== 'none' })],
    ...(keeping === 'file' ? { sessionStore: fileStore({ path }) } : {}),
    // Nobody clicks as fast as a benchmark, nor is as silent as its browsers while others are measured.
    limits: { maxRootsPerSession: 10_000, maxCallsPerSecond: 1_000_000, heartbeatMs: 600_000 },
    onError: (error) => {
      console.error(error)
      process.exit(1)
    },
  })
  live.attach(http)
  return (n) => {
    if (message === undefined) throw new Error('This scenario is triggered by clicks.')
    const { topic, data } = message(n)
    live.publish(topic, data)
  }
}
