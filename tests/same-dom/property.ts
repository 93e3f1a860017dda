import fc from 'fast-check'
import { programs } from './arbitrary.ts'
import { run } from './run.ts'

/** Which random programs: the same numbers give the same ones. */
export interface Choice {
  readonly runs: number
  readonly seed: number
  /** Programs of the seed to go past first. */
  readonly skip?: number
}

/** Runs random programs; throws with the smallest one that shows a difference. */
export async function checkSameDom(
  { runs, seed, skip = 0 }: Choice,
  onRun: () => void = () => {},
): Promise<void> {
  const property = fc.asyncProperty(programs(), async (program) => {
    onRun()
    await run(program)
  })
  await fc.assert(property, {
    numRuns: runs,
    seed,
    path: skip === 0 ? '' : String(skip),
    endOnFailure: false,
  })
}
