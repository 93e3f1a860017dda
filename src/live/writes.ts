import type { Edit } from './diff.ts'
import type { Slot } from './slot.ts'
import type { TemplateNode } from './template.ts'

/**
 * What one commit does to one slot: the whole template, edits to the one that the browser has, or, for a new slot, edits
 * to what another slot shows (`like`), which makes a row of a list as small as its own text.
 */
export type Write =
  | { readonly slot: Slot; readonly template: TemplateNode }
  | { readonly slot: Slot; readonly edits: readonly Edit[]; readonly like?: Slot }

/** The writes of one flush, and the ids of the slots that are gone. Becomes one frame. */
export interface Batch {
  readonly sequence: number
  readonly writes: readonly Write[]
  readonly gone: readonly number[]
  /** True where the writes are all that there is: every other slot is gone. */
  readonly isPicture?: boolean
  /** In a picture of a shared root: names its tree, for who may have known another one. */
  readonly treeName?: string
}
