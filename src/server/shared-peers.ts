import { randomBytes } from 'node:crypto'
import type { Bus, BusSubscription } from './bus.ts'
import { sharedServersTopic } from './shared-messages.ts'

/** How long the owner of a shared root may be silent, where the application does not say. */
export const defaultSharedLeaseMs = 6_000

/** A server says so many times per lease that it lives. */
const beatsPerLease = 3

export interface PeerListener {
  /** That server has been silent for a lease. */
  gone(server: string): void
  /** One that was gone is heard of. */
  returned(server: string): void
  /** Called several times per lease. */
  beat(): void
}

interface Beat {
  readonly server: string
}

/** Which servers live, of those that have shared roots. */
export class SharedPeers {
  /** Names this server to the others. */
  readonly server = randomBytes(9).toString('base64url')
  private readonly heard = new Map<string, number>()
  private readonly silent = new Set<string>()
  private readonly listeners = new Set<PeerListener>()
  private subscription: BusSubscription | null = null
  private beating: NodeJS.Timeout | undefined
  private lastBeat = 0

  constructor(
    private readonly bus: Bus,
    readonly leaseMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** A server without shared roots says nothing. Returns what stops the listener. */
  listen(listener: PeerListener): () => void {
    this.listeners.add(listener)
    if (this.subscription === null) this.begin()
    return () => {
      this.listeners.delete(listener)
    }
  }

  private begin(): void {
    this.subscription = this.bus.subscribe(sharedServersTopic, null, {
      message: ({ text }) => this.heardOf((JSON.parse(text) as Beat).server),
      gap() {},
    })
    this.beat()
    this.beating = setInterval(() => this.beat(), this.leaseMs / beatsPerLease).unref()
  }

  private beat(): void {
    this.bus.publish(sharedServersTopic, JSON.stringify({ server: this.server })).catch(this.onError)
    const now = performance.now()
    // Whoever stood still for that long has heard nobody.
    const stoodStill = this.lastBeat > 0 && now - this.lastBeat > this.leaseMs
    const away = stoodStill || this.subscription?.live !== true
    this.lastBeat = now
    for (const [server, at] of this.heard) {
      if (away) this.heard.set(server, now)
      else if (now - at > this.leaseMs) this.lose(server)
    }
    for (const listener of [...this.listeners]) listener.beat()
  }

  private lose(server: string): void {
    this.heard.delete(server)
    this.silent.add(server)
    // Servers that are gone for good have names of their own, too.
    if (this.silent.size > 1_000) this.silent.delete(this.silent.values().next().value as string)
    for (const listener of [...this.listeners]) listener.gone(server)
  }

  /** Somebody else has heard of it; from now on its silence is heard here, too. False where that was long enough. */
  expect(server: string): boolean {
    if (this.silent.has(server)) return false
    if (!this.heard.has(server)) this.heard.set(server, performance.now())
    return true
  }

  heardOf(server: string): void {
    if (server === this.server) return
    this.heard.set(server, performance.now())
    if (!this.silent.delete(server)) return
    for (const listener of [...this.listeners]) listener.returned(server)
  }

  close(): void {
    clearInterval(this.beating)
    void this.subscription?.end()
  }
}
