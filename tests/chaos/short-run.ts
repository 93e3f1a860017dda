import { defaultChaosOptions, runChaos } from './run.ts'
import type { EngineName } from './stores.ts'

/** The short form of `npm run chaos`: one server is killed once, and connections are cut all the time. */
export async function expectNothingWrong(store: EngineName): Promise<void> {
  const { wrong, operations, kills, cuts } = await runChaos({
    ...defaultChaosOptions,
    seconds: 5,
    seed: 3,
    clients: 6,
    store,
    killEveryMs: 3_000,
    meanBytesToCut: 2_500,
    meanPauseMs: 150,
    pushPauseMs: 50,
  })
  expect(wrong).toEqual([])
  for (const count of [operations, kills, cuts]) expect(count).toBeGreaterThan(0)
}
