import { createHash } from 'node:crypto'
import type { Batch } from '../live/writes.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'
import { writePlain } from './flight/plain-writer.ts'

/** What a browser shows of a tree, in short; null where React's own writer would have to write it. */
export function digestOf({ writes, ...batch }: Batch, modules: ClientModuleMap): string | null {
  const sorted = [...writes].sort((a, b) => a.slot.id - b.slot.id)
  const text = writePlain({ ...batch, writes: sorted }, modules)
  return text === null ? null : createHash('sha256').update(text).digest('base64').slice(0, 22)
}
