import type { FunctionOwner } from '../../src/client/server-function.ts'

/** For content whose functions nobody calls. */
export const noFunctions: FunctionOwner = {
  start: () => ({ answer: Promise.resolve(), update: () => {} }),
  place: () => ({ root: 0, seen: 0 }),
}

/** For content without shared roots. */
export const noSharedRoots = (id: number): never => {
  throw new Error(`Nobody has the shared root ${id}.`)
}
