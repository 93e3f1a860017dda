import type { HeldTopic, StandIn, WatchedTopic } from '../live/holding.ts'
import type { Presence, PresenceEntry, PresenceListener, PresenceMember } from '../live/presence.ts'
import type { LiveServices, Place, TopicListener } from '../live/services.ts'

interface WatchedRoom {
  /** Who came and left since. */
  readonly joined: PresenceEntry<unknown>[]
  readonly left: PresenceEntry<unknown>[]
}

interface KeptMember {
  readonly topic: string
  readonly key: string
  readonly member: PresenceMember
}

/** A tree that has woken takes back what is held for it when its effects run; what it does not want any more is let go then. */
const releaseAfterMs = 10_000

/**
 * Holds what the trees of a session hold outside, while they sleep: their topics from where they stand, their places among
 * those who are present, the shared roots that they show. Calls back when one of their components would hear of something.
 */
export class SleepStandIn implements StandIn {
  private topics: Map<string, WatchedTopic> | null = null
  private rooms: Map<string, WatchedRoom> | null = null
  private members: KeptMember[] | null = null
  private releases: (() => void)[] | null = null
  private released = false
  /** When one of the topics was heard of last. */
  heardAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly presence: Presence,
    private readonly heard: () => void,
  ) {}

  topic(topic: HeldTopic): void {
    this.topics ??= new Map()
    if (this.topics.has(topic.pattern)) return
    this.heardAt = Math.max(this.heardAt, topic.heardAt)
    this.topics.set(topic.pattern, topic.watch(this.heard))
  }

  onlooker(topic: string): void {
    this.rooms ??= new Map()
    if (this.rooms.has(topic)) return
    const { presence, heard } = this
    const before = presence.entries(topic)
    const room: WatchedRoom = { joined: [], left: [] }
    this.rooms.set(topic, room)
    const listener: PresenceListener = {
      // Told to everybody at first, though there is nothing new. What is, comes in the same go.
      changed: () => {
        if (presence.entries(topic) !== before) queueMicrotask(heard)
      },
      joined: (entry) => void room.joined.push(entry),
      left: (entry) => void room.left.push(entry),
    }
    this.whenReleased(presence.watch(topic, listener))
  }

  member(topic: string, key: string, member: PresenceMember): void {
    this.members ??= []
    this.members.push({ topic, key, member })
  }

  listener(hear: (heard: () => void) => () => void): void {
    this.whenReleased(hear(this.heard))
  }

  private whenReleased(release: () => void): void {
    this.releases ??= []
    this.releases.push(release)
  }

  /** Resolves when the components have had everything that was published before. */
  async settled(): Promise<void> {
    await Promise.all([...(this.topics?.values() ?? [])].map((watched) => watched.settled))
  }

  /** The services of a tree that wakes: with them it goes on where it was. */
  services(real: LiveServices): LiveServices {
    return { ...real, topics: this.topicsOf(real), presence: this.presenceOf(real) }
  }

  private topicsOf({ topics }: LiveServices): LiveServices['topics'] {
    // Those that were taken meanwhile have places of their own, as has who subscribes for the second time.
    const known = new WeakSet<Place>()
    return {
      publish: (topic, data) => topics.publish(topic, data),
      place: (pattern, replay) => {
        const place = topics.place(pattern, replay)
        known.add(place)
        return place
      },
      subscribe: (place: Place, listener: TopicListener) => {
        const watched = this.released || known.has(place) ? undefined : this.topics?.get(place.topic)
        known.add(place)
        return watched === undefined ? topics.subscribe(place, listener) : watched.join(place, listener)
      },
    }
  }

  private presenceOf({ presence }: LiveServices): Presence {
    return {
      entries: (topic) => presence.entries(topic),
      watch: (topic, listener) => {
        const leave = presence.watch(topic, listener)
        const room = this.rooms?.get(topic)
        if (!this.released && room !== undefined) queueMicrotask(() => tell(room, listener))
        return leave
      },
      join: (topic, key, meta) => {
        const { members } = this
        const at = members?.findIndex((each) => each.topic === topic && each.key === key) ?? -1
        const [kept] = at < 0 ? [] : (members?.splice(at, 1) ?? [])
        if (kept === undefined) return presence.join(topic, key, meta)
        kept.member.update(meta)
        return kept.member
      },
    }
  }

  /** The trees are awake, and take back what they want. */
  releaseSoon(): void {
    setTimeout(() => this.release(), releaseAfterMs).unref()
  }

  /** Lets go of everything that nobody has taken back. */
  release(): void {
    if (this.released) return
    this.released = true
    for (const { member } of this.members ?? []) member.leave()
    for (const watched of this.topics?.values() ?? []) watched.release()
    for (const release of this.releases ?? []) release()
    this.topics = this.rooms = this.members = this.releases = null
  }
}

function tell({ joined, left }: WatchedRoom, listener: PresenceListener): void {
  for (const entry of joined) listener.joined(entry)
  for (const entry of left) listener.left(entry)
}
