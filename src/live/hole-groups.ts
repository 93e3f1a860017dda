import { Fragment, type ReactElement } from 'react'
import { jsx } from 'react/jsx-runtime'

/** The most components that stand side by side in one place. */
const groupSize = 32

/** The group of those that stand in the slot itself. */
const direct = 0

/**
 * Which of a slot's many components stand together. For an update in one of them React looks at all that stand beside it:
 * of a thousand rows at thirty in the row's group, and at thirty groups. Who is in a group stays in it, wherever it moves
 * in the template, for to React another group is another place.
 */
export class HoleGroups {
  private readonly groupOf = new Map<string, number>()
  private last = direct

  /** `before` are the components that stand in the slot itself already. */
  constructor(before: readonly ReactElement[]) {
    for (const { key } of before) this.groupOf.set(key as string, direct)
  }

  /** The children of the slot: components, and groups of them. */
  arrange(holes: readonly ReactElement[]): ReactElement[] {
    if (this.groupOf.size > 2 * holes.length + groupSize) this.forgetOthers(holes)
    const groups = this.divide(holes)
    const children = groups.get(direct) ?? []
    for (const [group, members] of groups) {
      if (group !== direct) children.push(jsx(Fragment, { children: members }, `#${group}`))
    }
    return children
  }

  private divide(holes: readonly ReactElement[]): Map<number, ReactElement[]> {
    const sizes = this.sizesOf(holes)
    const groups = new Map<number, ReactElement[]>()
    const first = holes.find(({ key }) => this.groupOf.has(key as string))
    let group = this.groupOf.get(first?.key as string) ?? direct
    for (const hole of holes) {
      group = this.groupOf.get(hole.key as string) ?? this.join(hole.key as string, group, sizes)
      const members = groups.get(group)
      if (members === undefined) groups.set(group, [hole])
      else members.push(hole)
    }
    return groups
  }

  private sizesOf(holes: readonly ReactElement[]): Map<number, number> {
    const sizes = new Map<number, number>()
    for (const { key } of holes) {
      const group = this.groupOf.get(key as string)
      if (group !== undefined) sizes.set(group, (sizes.get(group) ?? 0) + 1)
    }
    return sizes
  }

  /** A new one stands with its neighbour where there is room, so that effects of those that come together run in order. */
  private join(hole: string, neighbours: number, sizes: Map<number, number>): number {
    const hasRoom = (group: number) => (sizes.get(group) ?? 0) < groupSize
    const group = hasRoom(neighbours) ? neighbours : hasRoom(this.last) ? this.last : ++this.last
    sizes.set(group, (sizes.get(group) ?? 0) + 1)
    this.groupOf.set(hole, group)
    return group
  }

  private forgetOthers(holes: readonly ReactElement[]): void {
    const kept = new Set(holes.map(({ key }) => key))
    for (const hole of this.groupOf.keys()) if (!kept.has(hole)) this.groupOf.delete(hole)
  }
}

/** What a slot keeps of its components between renders. */
export interface HoleMemo {
  /** Those of the last render. */
  holes?: readonly ReactElement[]
  /** Set once there are many. */
  groups?: HoleGroups
}

/** The children of a slot's element; null where it has none. */
export function arrangeHoles(holes: readonly ReactElement[], memo: HoleMemo): readonly ReactElement[] | null {
  if (memo.groups === undefined && holes.length > groupSize) memo.groups = new HoleGroups(memo.holes ?? [])
  memo.holes = holes
  if (holes.length === 0) return null
  return memo.groups === undefined ? holes : memo.groups.arrange(holes)
}
