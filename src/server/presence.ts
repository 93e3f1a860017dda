import { randomBytes } from 'node:crypto'
import type { Presence, PresenceEntry, PresenceListener, PresenceMember } from '../live/presence.ts'
import type { Bus, BusSubscription } from './bus.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { LivePart } from './lifecycle.ts'
import { type ServerMessage, serversTopic } from './presence-messages.ts'
import { PresenceRoom, type RoomHost, type RoomNews } from './presence-room.ts'
import { SlicedDelivery } from './sliced-delivery.ts'

/** How long the members of a server that is silent are still here, where the application does not say. */
export const defaultPresenceLeaseMs = 6_000

/** A server says so many times per lease that it lives. */
const beatsPerLease = 3

const nobody: readonly PresenceEntry<unknown>[] = []

/**
 * Who is present at which topic, over a bus. Every server tells the others who is with it, and what changes; one that has
 * not said for a lease that it lives is taken for dead.
 */
export class BusPresence implements Presence, RoomHost {
  readonly server = randomBytes(9).toString('base64url')
  readonly delivery: SlicedDelivery<RoomNews, PresenceListener>
  /** Starts after the bus and stops before it, for it says goodbye. */
  readonly part: LivePart = { name: 'presence', stop: () => this.close() }
  private readonly rooms = new Map<string, PresenceRoom>()
  /** When each other server was last heard of. */
  private readonly heard = new Map<string, number>()
  /** Those that were taken for dead: heard of again, they are asked for all that they have. */
  private readonly dropped = new Set<string>()
  private subscription: BusSubscription | null = null
  private beating: NodeJS.Timeout | undefined
  private lastBeat = 0
  private closed = false

  constructor(
    readonly bus: Bus,
    private readonly leaseMs: number,
    private readonly report: OnError,
  ) {
    this.delivery = new SlicedDelivery((news, listener) => {
      try {
        listener.changed()
        for (const entry of news.joined) listener.joined(entry)
        for (const entry of news.left) listener.left(entry)
      } catch (error) {
        describeError(error, 'listener_failed', report, { route: 'presence' })
      }
    })
  }

  entries(topic: string): readonly PresenceEntry<unknown>[] {
    return this.rooms.get(topic)?.entries ?? nobody
  }

  watch(topic: string, listener: PresenceListener): () => void {
    return this.room(topic).watch(listener)
  }

  join(topic: string, key: string, meta: unknown): PresenceMember {
    return this.room(topic).join(key, meta)
  }

  private room(topic: string): PresenceRoom {
    let room = this.rooms.get(topic)
    if (room === undefined) {
      this.begin()
      room = new PresenceRoom(this, topic)
      this.rooms.set(topic, room)
    }
    return room
  }

  /** A server where nobody uses presence says nothing. */
  private begin(): void {
    if (this.subscription !== null || this.closed) return
    this.subscription = this.bus.subscribe(serversTopic, null, {
      message: ({ text }) => this.read(text, (message) => this.receive(message as ServerMessage)),
      gap() {},
    })
    this.beat()
    this.beating = setInterval(() => this.beat(), this.leaseMs / beatsPerLease).unref()
  }

  private beat(): void {
    this.tell({ server: this.server })
    const now = performance.now()
    // Whoever stood still for that long has heard nobody.
    const stoodStill = this.lastBeat > 0 && now - this.lastBeat > this.leaseMs
    const away = stoodStill || this.subscription?.live !== true
    this.lastBeat = now
    for (const [server, at] of this.heard) {
      if (away) this.heard.set(server, now)
      else if (now - at > this.leaseMs) this.drop(server)
    }
  }

  private tell(message: ServerMessage): void {
    this.bus.publish(serversTopic, JSON.stringify(message)).catch((error: unknown) => this.onError(error))
  }

  private receive({ server, ends }: ServerMessage): void {
    if (server === this.server) return
    if (ends) {
      this.drop(server)
      this.dropped.delete(server)
    } else this.heardOf(server)
  }

  heardOf(server: string): void {
    this.heard.set(server, performance.now())
    if (!this.dropped.delete(server)) return
    for (const room of this.rooms.values()) room.ask(server)
  }

  private drop(server: string): void {
    this.heard.delete(server)
    this.dropped.add(server)
    // Servers that are gone for good have names of their own, too.
    if (this.dropped.size > 1_000) this.dropped.delete(this.dropped.values().next().value as string)
    for (const room of this.rooms.values()) room.drop(server)
  }

  read(text: string, take: (message: unknown) => void): void {
    try {
      take(JSON.parse(text))
    } catch (error) {
      describeError(error, 'bad_message', this.report, { route: 'presence' })
    }
  }

  onError(error: unknown): void {
    if (!this.closed) describeError(error, 'publish_failed', this.report, { route: 'presence' })
  }

  empty(room: PresenceRoom): void {
    room.close()
    this.rooms.delete(room.topic)
  }

  private close(): void {
    if (this.closed) return
    if (this.subscription !== null) this.tell({ server: this.server, ends: true })
    this.closed = true
    clearInterval(this.beating)
    for (const room of this.rooms.values()) room.close()
    this.rooms.clear()
    void this.subscription?.end()
  }
}
