import type { PresenceEntry } from '../live/presence.ts'

/** A place where somebody is. */
export interface Member {
  readonly key: string
  readonly meta: unknown
  /** The meta as it travels, by which a change is known. */
  readonly text: string
  /** When it came, by the clock of its server. */
  readonly atMs: number
}

interface Person {
  readonly members: Map<string, Member>
  entry: PresenceEntry<unknown> | null
  /** When the oldest of them came. */
  atMs: number
}

/** Who came and went since the last look. */
export interface PeopleChange {
  readonly joined: readonly PresenceEntry<unknown>[]
  readonly left: readonly PresenceEntry<unknown>[]
}

/** The places of all servers, together by person. What a change costs does not depend on how many are here. */
export class People {
  private readonly people = new Map<string, Person>()
  /** The entries of those who were touched, as they were at the last look; null where they were not here. */
  private touched = new Map<string, PresenceEntry<unknown> | null>()
  /** Those whose coming is no news to anybody here. */
  private readonly quiet = new Set<string>()
  entries: readonly PresenceEntry<unknown>[] = []

  set(id: string, member: Member, quietly: boolean): void {
    this.touch(member.key)
    let person = this.people.get(member.key)
    if (person === undefined) {
      person = { members: new Map(), entry: null, atMs: 0 }
      this.people.set(member.key, person)
      if (quietly) this.quiet.add(member.key)
    }
    if (!quietly) this.quiet.delete(member.key)
    person.members.set(id, member)
    person.entry = null
  }

  delete(id: string, key: string): void {
    const person = this.people.get(key)
    if (!person?.members.has(id)) return
    this.touch(key)
    person.members.delete(id)
    person.entry = null
    if (person.members.size === 0) this.people.delete(key)
  }

  private touch(key: string): void {
    if (!this.touched.has(key)) this.touched.set(key, this.entryOf(key))
  }

  private entryOf(key: string): PresenceEntry<unknown> | null {
    const person = this.people.get(key)
    if (person === undefined) return null
    if (person.entry === null) {
      // Every server has the same order, whoever it heard of first.
      const members = [...person.members].sort(
        ([a, one], [b, other]) => one.atMs - other.atMs || compare(a, b),
      )
      person.entry = { key, metas: members.map(([, { meta }]) => meta) }
      person.atMs = members[0]?.[1].atMs ?? 0
    }
    return person.entry
  }

  /** What has changed since the last look; null where nothing has. Makes the entries anew. */
  look(): PeopleChange | null {
    if (this.touched.size === 0) return null
    const joined: PresenceEntry<unknown>[] = []
    const left: PresenceEntry<unknown>[] = []
    for (const [key, before] of this.touched) {
      const now = this.entryOf(key)
      if (before === null && now !== null && !this.quiet.has(key)) joined.push(now)
      if (before !== null && now === null) left.push(before)
    }
    this.quiet.clear()
    for (const key of this.touched.keys()) this.entryOf(key)
    this.touched = new Map()
    const people = [...this.people].sort(([a, one], [b, other]) => one.atMs - other.atMs || compare(a, b))
    this.entries = people.map(([, { entry }]) => entry as PresenceEntry<unknown>)
    return { joined, left }
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
