import fc from 'fast-check'
import { programs } from './arbitrary.ts'
import { run } from './run.ts'

/** Runs that many random programs; throws with the smallest one that shows a difference. */
export async function checkSameDom(runs: number, seed: number, onRun: () => void = () => {}): Promise<void> {
  const property = fc.asyncProperty(programs(), async (program) => {
    onRun()
    await run(program)
  })
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: false })
}
