import type { FunctionOwner } from '../../src/client/server-function.ts'

/** For content whose functions nobody calls. */
export const noFunctions: FunctionOwner = {
  start: () => ({ answer: Promise.resolve(), update: () => {} }),
  place: () => ({ root: 0, seen: 0 }),
}
