import { randomUUID } from 'node:crypto'
import type { Bus, BusSubscription } from './bus.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { SessionFilter, Sessions } from './sessions.ts'

/** Where servers ask each other to end sessions, or to ask again who they are; application patterns do not match it. */
const controlTopic = '$sessions'

interface Order {
  readonly server: string
  readonly does: 'disconnect' | 'refresh'
  readonly where: Exclude<SessionFilter, (...args: never) => unknown>
}

/** Ends and refreshes sessions, here and on all servers of the bus. */
export class SessionControl {
  private readonly server = randomUUID()
  private readonly subscription: BusSubscription | null

  constructor(
    private readonly sessions: Sessions,
    private readonly bus: Bus,
    private readonly onError: OnError,
  ) {
    // What is lost with a broker cannot be made up for: `authenticate` is asked at the next connection.
    const listener = { message: ({ text }: { text: string }) => this.receive(text), gap() {} }
    this.subscription = bus.alone ? null : bus.subscribe(controlTopic, null, listener)
  }

  /** Returns how many were ended here. */
  disconnect(where: SessionFilter): number {
    this.tell('disconnect', where)
    return this.sessions.revoke(where)
  }

  /** Resolves to how many are left here. */
  refresh(where: SessionFilter): Promise<number> {
    this.tell('refresh', where)
    return this.sessions.refresh(where)
  }

  /** A function cannot travel. */
  private tell(does: Order['does'], where: SessionFilter): void {
    if (this.subscription === null || typeof where === 'function') return
    const order: Order = { server: this.server, does, where }
    this.bus.publish(controlTopic, JSON.stringify(order)).catch((error: unknown) => {
      describeError(error, 'publish_failed', this.onError, { route: `${does} of sessions` })
    })
  }

  private receive(text: string): void {
    try {
      const { server, does, where } = JSON.parse(text) as Order
      if (server === this.server) return
      if (does === 'disconnect') this.sessions.revoke(where)
      else void this.sessions.refresh(where)
    } catch (error) {
      describeError(error, 'bad_message', this.onError, { route: 'control of sessions' })
    }
  }

  close(): void {
    void this.subscription?.end()
  }
}
