import { type Holding, letsGo } from '../live/holding.ts'
import type { PresenceEntry, PresenceListener, PresenceMember } from '../live/presence.ts'
import type { Bus, BusSubscription } from './bus.ts'
import { type MemberRow, membersInPart, presenceTopic, type RoomMessage } from './presence-messages.ts'
import { People } from './presence-people.ts'
import type { SlicedDelivery } from './sliced-delivery.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** What a room uses of the presence that it belongs to. */
export interface RoomHost {
  readonly bus: Bus
  /** Names this server to the others. */
  readonly server: string
  readonly delivery: SlicedDelivery<RoomNews, PresenceListener>
  onError(error: unknown): void
  /** Takes a message apart; one that is none is reported. */
  read(text: string, take: (message: unknown) => void): void
  /** Another server was heard of. */
  heardOf(server: string): void
  /** Nobody is here, and nobody looks on. */
  empty(room: PresenceRoom): void
}

/** What the listeners of a room are told together. */
export interface RoomNews {
  readonly joined: readonly PresenceEntry<unknown>[]
  readonly left: readonly PresenceEntry<unknown>[]
}

interface Place {
  readonly key: string
  readonly text: string
  readonly atMs: number
}

/** What is known of another server's members. */
interface Remote {
  version: number
  readonly members: Map<number, Place>
  /** Members that a list in parts has not named yet; null while none is under way. */
  unnamed: Set<number> | null
}

/** What comes within this time is told together, to the other servers and to the components. */
const gatherMs = 20

/** Who is present at one topic, as one server knows it. */
export class PresenceRoom {
  private readonly people = new People()
  private readonly own = new Map<number, Place>()
  private readonly remotes = new Map<string, Remote>()
  /** Servers whose members are no news when they are heard of for the first time: they were here before. */
  private readonly known = new Set<string>()
  private readonly listeners = new Set<PresenceListener>()
  private readonly subscription: BusSubscription
  private readonly onlooker: Holding = { handOver: (to) => to.onlooker(this.topic) }
  private lastId = 0
  private version = 0
  private here = new Map<number, MemberRow>()
  private gone = new Set<number>()
  private gathering: NodeJS.Timeout | null = null
  private closed = false

  constructor(
    private readonly host: RoomHost,
    readonly topic: string,
  ) {
    this.subscription = host.bus.subscribe(presenceTopic(topic), null, {
      message: ({ text }) => host.read(text, (message) => this.receive(message as RoomMessage)),
      gap: () => this.synchronize(),
    })
    void this.subscription.ready.then(() => this.synchronize())
  }

  get entries(): readonly PresenceEntry<unknown>[] {
    return this.people.entries
  }

  // What happens here

  watch(listener: PresenceListener): () => void {
    // A function of its own, for the same one may watch twice.
    const own = { ...listener }
    this.listeners.add(own)
    // It rendered before it could hear of changes.
    this.host.delivery.add({ joined: [], left: [] }, [own])
    const leave = () => {
      this.listeners.delete(own)
      this.endIfEmpty()
    }
    return letsGo(leave, this.onlooker)
  }

  join(key: string, meta: unknown): PresenceMember {
    const id = ++this.lastId
    const atMs = Date.now()
    this.put(id, { key, text: encodeValue(meta), atMs })
    let holders = 1
    const member: PresenceMember = {
      update: (newer) => {
        const text = encodeValue(newer)
        if (this.own.has(id) && this.own.get(id)?.text !== text) this.put(id, { key, text, atMs })
      },
      leave: () => {
        if (--holders === 0) this.leave(id, key)
      },
      handOver: (to) => {
        holders++
        to.member(this.topic, key, member)
      },
    }
    return member
  }

  private leave(id: number, key: string): void {
    if (!this.own.delete(id)) return
    this.people.delete(`${this.host.server} ${id}`, key)
    this.here.delete(id)
    this.gone.add(id)
    this.gather()
  }

  private put(id: number, place: Place): void {
    const { key, text, atMs } = place
    this.own.set(id, place)
    // Decoded here as elsewhere: all see the same.
    this.people.set(`${this.host.server} ${id}`, { ...place, meta: decodeValue(text) }, false)
    this.here.set(id, [id, key, text, atMs])
    this.gather()
  }

  private gather(): void {
    this.gathering ??= setTimeout(() => this.tell(), gatherMs).unref()
  }

  private tell(): void {
    this.gathering = null
    if (this.closed) return
    if (this.here.size > 0 || this.gone.size > 0) {
      const [here, gone] = [[...this.here.values()], [...this.gone]]
      this.here = new Map()
      this.gone = new Set()
      for (let i = 0; i === 0 || i < here.length; i += membersInPart) {
        const part = here.slice(i, i + membersInPart)
        const { server } = this.host
        this.send({ type: 'change', server, version: ++this.version, here: part, gone: i === 0 ? gone : [] })
      }
    }
    const change = this.people.look()
    if (change !== null) this.host.delivery.add(change, [...this.listeners])
    this.endIfEmpty()
  }

  private endIfEmpty(): void {
    if (this.own.size === 0 && this.listeners.size === 0 && this.gathering === null && !this.closed)
      this.host.empty(this)
  }

  // What the other servers tell

  private send(message: RoomMessage): void {
    // What is lost here is noticed by its version, or told as a gap.
    this.host.bus
      .publish(presenceTopic(this.topic), JSON.stringify(message))
      .catch((error) => this.host.onError(error))
  }

  /** Tells all that is here, and asks for all that is elsewhere. */
  private synchronize(): void {
    if (this.closed) return
    this.send({ type: 'ask', server: this.host.server })
    this.sendAll()
  }

  private sendAll(to?: string): void {
    const rows = [...this.own].map(([id, { key, text, atMs }]): MemberRow => [id, key, text, atMs])
    // What waits to be told is in the list.
    this.here.clear()
    this.gone.clear()
    const { server } = this.host
    const version = ++this.version
    for (let i = 0; i === 0 || i < rows.length; i += membersInPart) {
      const members = rows.slice(i, i + membersInPart)
      const last = i + membersInPart >= rows.length
      this.send({ type: 'all', server, version, ...(to ? { to } : {}), first: i === 0, last, members })
    }
  }

  private receive(message: RoomMessage): void {
    const { server } = message
    if (server === this.host.server || this.closed) return
    this.host.heardOf(server)
    if (message.type === 'ask') {
      if (message.to === undefined || message.to === this.host.server) this.sendAll(server)
    } else if (message.type === 'all') this.takeAll(message)
    else this.takeChange(message)
  }

  private takeAll({ server, version, to, first, last, members }: RoomMessage & { type: 'all' }): void {
    let remote = this.remotes.get(server)
    if (first) {
      remote ??= { version, members: new Map(), unnamed: null }
      this.remotes.set(server, remote)
      remote.version = version
      remote.unnamed = new Set(remote.members.keys())
    }
    // The beginning of the list was lost.
    if (remote === undefined || remote.unnamed === null || remote.version !== version) return this.ask(server)
    for (const row of members) {
      remote.unnamed.delete(row[0])
      this.putRemote(server, remote, row, to === this.host.server && !this.known.has(server))
    }
    if (last) {
      this.known.add(server)
      for (const id of remote.unnamed) this.remove(server, remote, id)
      remote.unnamed = null
    }
    this.gather()
  }

  private takeChange({ server, version, here, gone }: RoomMessage & { type: 'change' }): void {
    const remote = this.remotes.get(server)
    if (remote === undefined || remote.version !== version - 1) return this.ask(server)
    remote.version = version
    for (const row of here) this.putRemote(server, remote, row, false)
    for (const id of gone) this.remove(server, remote, id)
    this.gather()
  }

  /** Something of that server was missed. */
  ask(server: string): void {
    // It tells of itself already, so whom it has may well be new.
    this.known.add(server)
    this.send({ type: 'ask', server: this.host.server, to: server })
  }

  private putRemote(
    server: string,
    remote: Remote,
    [id, key, text, atMs]: MemberRow,
    quietly: boolean,
  ): void {
    const before = remote.members.get(id)
    if (before?.key === key && before.text === text) return
    remote.members.set(id, { key, text, atMs })
    this.people.set(`${server} ${id}`, { key, text, atMs, meta: decodeValue(text) }, quietly)
  }

  private remove(server: string, remote: Remote, id: number): void {
    const member = remote.members.get(id)
    if (member === undefined) return
    remote.members.delete(id)
    this.people.delete(`${server} ${id}`, member.key)
  }

  /** The server is gone, and all who were there with it. */
  drop(server: string): void {
    const remote = this.remotes.get(server)
    if (remote === undefined) return
    this.remotes.delete(server)
    for (const [id, { key }] of remote.members) this.people.delete(`${server} ${id}`, key)
    this.gather()
  }

  close(): void {
    this.closed = true
    if (this.gathering !== null) clearTimeout(this.gathering)
    void this.subscription.end()
  }
}
