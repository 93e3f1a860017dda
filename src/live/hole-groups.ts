import { Fragment, type ReactElement } from 'react'
import { jsx } from 'react/jsx-runtime'

/** With more components than this, they stand in groups. */
const mostInSlot = 16

/** The most components in a group. */
const groupSize = 8

/** So many groups, which follow each other by number, stand in one of the level above. */
const groupsInGroup = 4

/** Levels of groups; the topmost stand in the slot itself, one for each 2,048 components. */
const levels = 5

/** The group of those that stand in the slot itself. */
const direct = 0

/**
 * Which of a slot's many components stand together. For an update in one of them React looks at all that stand beside it,
 * and at the children of each: in groups of groups, at a hundred places for one row of a thousand. Who is in a group stays
 * in it, wherever it moves in the template, for to React another group is another place; and what group a group is in
 * follows from its number, so that more of them move none.
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
    let groups = this.divide(holes)
    const inSlot = groups.get(direct) ?? []
    groups.delete(direct)
    for (let level = 0; level < levels; level++) groups = groupsOf(groups, level)
    return [inSlot, ...groups.values()].flat()
  }

  private divide(holes: readonly ReactElement[]): Groups {
    const sizes = this.sizesOf(holes)
    const groups: Groups = new Map()
    const first = holes.find(({ key }) => this.groupOf.has(key as string))
    let group = this.groupOf.get(first?.key as string) ?? direct
    for (const hole of holes) {
      group = this.groupOf.get(hole.key as string) ?? this.join(hole.key as string, group, sizes)
      addTo(groups, group, hole)
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

type Groups = Map<number, ReactElement[]>

/** The groups of the level above, with these in them. */
function groupsOf(groups: Groups, level: number): Groups {
  const above: Groups = new Map()
  for (const [number, children] of groups) {
    const group = jsx(Fragment, { children }, `#${level}.${number}`)
    addTo(above, Math.floor(number / groupsInGroup), group)
  }
  return above
}

function addTo(groups: Groups, number: number, member: ReactElement): void {
  const members = groups.get(number)
  if (members === undefined) groups.set(number, [member])
  else members.push(member)
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
  if (memo.groups === undefined && holes.length > mostInSlot) memo.groups = new HoleGroups(memo.holes ?? [])
  memo.holes = holes
  if (holes.length === 0) return null
  return memo.groups === undefined ? holes : memo.groups.arrange(holes)
}
