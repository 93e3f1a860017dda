import type { Presence, PresenceEntry, PresenceListener, PresenceMember } from '../live/presence.ts'
import type { Bus } from './bus.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { LivePart } from './lifecycle.ts'
import { type PeerListener, Peers } from './peers.ts'
import { serversTopic } from './presence-messages.ts'
import { PresenceRoom, type RoomHost, type RoomNews } from './presence-room.ts'
import { SlicedDelivery } from './sliced-delivery.ts'

/** How long the members of a server that is silent are still here, where the application does not say. */
export const defaultPresenceLeaseMs = 5_000

const nobody: readonly PresenceEntry<unknown>[] = []

/**
 * Who is present at which topic, over a bus. Every server tells the others who is with it, and what changes; one that has
 * not said for a lease that it lives is taken for dead.
 */
export class BusPresence implements Presence, RoomHost, PeerListener {
  readonly delivery: SlicedDelivery<RoomNews, PresenceListener>
  /** Starts after the bus and stops before it, for it says goodbye. */
  readonly part: LivePart = { name: 'presence', stop: () => this.close() }
  private readonly rooms = new Map<string, PresenceRoom>()
  private readonly peers: Peers
  private closed = false

  constructor(
    readonly bus: Bus,
    leaseMs: number,
    private readonly report: OnError,
  ) {
    this.peers = new Peers({
      bus,
      topic: serversTopic,
      leaseMs,
      onBadMessage: (error) => this.onBadMessage(error),
      onError: (error) => this.onError(error),
    })
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

  /** Names this server to the others. */
  get server(): string {
    return this.peers.server
  }

  private room(topic: string): PresenceRoom {
    let room = this.rooms.get(topic)
    if (room === undefined) {
      // A server where nobody uses presence says nothing.
      this.peers.listen(this)
      room = new PresenceRoom(this, topic)
      this.rooms.set(topic, room)
    }
    return room
  }

  gone(server: string): void {
    for (const room of this.rooms.values()) room.drop(server)
  }

  /** It has people again. */
  returned(server: string): void {
    for (const room of this.rooms.values()) room.ask(server)
  }

  heardOf(server: string): void {
    this.peers.heardOf(server)
  }

  read(text: string, take: (message: unknown) => void): void {
    try {
      take(JSON.parse(text))
    } catch (error) {
      this.onBadMessage(error)
    }
  }

  private onBadMessage(error: unknown): void {
    describeError(error, 'bad_message', this.report, { route: 'presence' })
  }

  onError(error: unknown): void {
    if (!this.closed) describeError(error, 'publish_failed', this.report, { route: 'presence' })
  }

  empty(room: PresenceRoom): void {
    room.close()
    this.rooms.delete(room.topic)
  }

  private close(): void {
    this.peers.close()
    this.closed = true
    for (const room of this.rooms.values()) room.close()
    this.rooms.clear()
  }
}
