import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { until } from './until.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** The bytes that this process holds, when all that nobody uses any more is collected. */
export function heldBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Waits until no more is held. What the collector finds is freed a little later; what is held never is. */
export function fallsTo(bytes: number): Promise<void> {
  return until(
    () => heldBytes() <= bytes,
    () => `${heldBytes() - bytes} bytes too many are held.`,
  )
}
