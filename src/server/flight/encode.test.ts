import { Child } from '../../../tests/processes/child.ts'

test('nothing is kept of payloads that were read', async () => {
  const child = Child.start(new URL('../../../tests/processes/many-payloads.ts', import.meta.url))
  // What every run loads and compiles.
  const before = await child.ask<number>('read', 500)
  const after = await child.ask<number>('read', 2_000)
  await child.stop()
  expect(after - before).toBeLessThan(1_000_000)
})
