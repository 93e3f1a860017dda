import type { PresenceEntry } from '../live/presence.ts'

/** A place where somebody is. */
export interface Member {
  readonly key: string
  readonly meta: unknown
  /** The meta as it travels, by which a change is known. */
  readonly text: string
}

interface Person {
  readonly members: Map<string, Member>
  entry: PresenceEntry<unknown> | null
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
      person = { members: new Map(), entry: null }
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
    person.entry ??= { key, metas: [...person.members.values()].map(({ meta }) => meta) }
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
    this.touched = new Map()
    this.quiet.clear()
    this.entries = [...this.people.keys()].map((key) => this.entryOf(key) as PresenceEntry<unknown>)
    return { joined, left }
  }
}
