import { randomBytes } from 'node:crypto'
import type { Bus, BusSubscription } from './bus.ts'

/** A server says so many times per lease that it lives. */
const beatsPerLease = 5
/** Between two of them it looks so often who is silent. */
const looksPerBeat = 2

export interface PeerListener {
  /** That server has been silent for a lease, or says that it ends. */
  gone(server: string): void
  /** One that was silent is heard of. */
  returned(server: string): void
  /** Called several times per lease. */
  beat?(): void
}

/** What a server says of itself: that it lives, or ends. */
interface Beat {
  readonly server: string
  readonly ends?: true
}

/** What {@link Peers} uses. */
export interface PeersHost {
  readonly bus: Bus
  /** Where the servers say that they live; application patterns do not match it. */
  readonly topic: string
  /** How long a server may be silent before it is taken for dead. */
  readonly leaseMs: number
  /** A message was none. */
  onBadMessage(error: unknown): void
  /** What was to be said could not be. */
  onError(error: unknown): void
}

/** Which servers live, as those of one topic tell each other. A server says nothing until somebody listens. */
export class Peers {
  /** Names this server to the others. */
  readonly server = randomBytes(9).toString('base64url')
  /** When each other server was last heard of. */
  private readonly heard = new Map<string, number>()
  /** Those that were taken for dead, and may be heard of again. */
  private readonly silent = new Set<string>()
  private readonly listeners = new Set<PeerListener>()
  private subscription: BusSubscription | null = null
  private looking: NodeJS.Timeout | undefined
  private looks = 0
  private lastLook = 0
  private closed = false

  constructor(private readonly host: PeersHost) {}

  get leaseMs(): number {
    return this.host.leaseMs
  }

  /** Returns what stops the listener. */
  listen(listener: PeerListener): () => void {
    this.listeners.add(listener)
    this.begin()
    return () => {
      this.listeners.delete(listener)
    }
  }

  private begin(): void {
    if (this.subscription !== null || this.closed) return
    const { bus, topic } = this.host
    this.subscription = bus.subscribe(topic, null, {
      message: ({ text }) => this.read(text),
      gap() {},
    })
    this.say({ server: this.server })
    this.lastLook = performance.now()
    this.looking = setInterval(() => this.look(), this.pauseMs).unref()
  }

  private read(text: string): void {
    try {
      const { server, ends } = JSON.parse(text) as Beat
      if (server === this.server) return
      // Nothing more is to come of it.
      if (ends) {
        this.silent.delete(server)
        this.lose(server)
      } else this.heardOf(server)
    } catch (error) {
      this.host.onBadMessage(error)
    }
  }

  private say(beat: Beat): void {
    this.host.bus.publish(this.host.topic, JSON.stringify(beat)).catch((error: unknown) => {
      if (!this.closed) this.host.onError(error)
    })
  }

  private get pauseMs(): number {
    return this.host.leaseMs / beatsPerLease / looksPerBeat
  }

  private look(): void {
    const now = performance.now()
    const away = this.subscription?.live !== true
    // While this server stood still it heard nobody, and what was said then is yet to be read.
    const stoodStillMs = Math.max(0, now - this.lastLook - this.pauseMs)
    this.lastLook = now
    for (const [server, at] of this.heard) {
      const countedAt = away ? now : Math.min(now, at + stoodStillMs)
      this.heard.set(server, countedAt)
      if (now - countedAt > this.host.leaseMs) this.miss(server)
    }
    if (++this.looks % looksPerBeat === 0) this.beat()
  }

  private beat(): void {
    this.say({ server: this.server })
    for (const listener of [...this.listeners]) listener.beat?.()
  }

  private miss(server: string): void {
    this.silent.add(server)
    // Servers that are gone for good have names of their own, too.
    if (this.silent.size > 1_000) this.silent.delete(this.silent.values().next().value as string)
    this.lose(server)
  }

  private lose(server: string): void {
    this.heard.delete(server)
    for (const listener of [...this.listeners]) listener.gone(server)
  }

  /** Somebody else has heard of it; from now on its silence is heard here, too. False where that was long enough. */
  expect(server: string): boolean {
    if (this.silent.has(server)) return false
    if (!this.heard.has(server)) this.heard.set(server, performance.now())
    return true
  }

  /** It has said something, wherever that was. */
  heardOf(server: string): void {
    if (server === this.server) return
    this.heard.set(server, performance.now())
    if (!this.silent.delete(server)) return
    for (const listener of [...this.listeners]) listener.returned(server)
  }

  /** Says that this server ends. */
  close(): void {
    if (this.closed) return
    if (this.subscription !== null) this.say({ server: this.server, ends: true })
    this.closed = true
    clearInterval(this.looking)
    void this.subscription?.end()
  }
}
