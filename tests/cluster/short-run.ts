import type { EngineName } from '../chaos/stores.ts'
import { runCluster } from './run.ts'

/** The short form of `npm run chaos:cluster`: one of three servers is killed once. */
export async function expectNothingWrong(engine: EngineName): Promise<void> {
  const { wrong, calls, kills } = await runCluster({
    seconds: 5,
    seed: 3,
    clients: 6,
    clientsInRoom: 3,
    servers: 3,
    engine,
    killEveryMs: 3_000,
    meanPauseMs: 100,
  })
  expect(wrong).toEqual([])
  for (const count of [calls, kills]) expect(count).toBeGreaterThan(0)
}
