import type { TreeState } from './tree-state.ts'

/**
 * The tree that React renders now; null where its state is nobody's concern. Renders never interleave: one that is taken
 * up again starts at the tree's top.
 */
export const rendering: { state: TreeState | null } = { state: null }
