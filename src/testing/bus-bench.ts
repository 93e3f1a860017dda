import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, BusSubscription } from '../server/bus.ts'
import { matchesTopic } from '../server/topic-names.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Where a bus finds its broker. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

/** What {@link busConformance} needs to know of an engine. */
export interface BusUnderTest {
  /**
   * Makes a bus. Those with the same prefix must hear each other, others must not.
   *
   * @param address where the broker is: as in `address`, or a proxy in front of it.
   */
  connect(options: {
    readonly prefix: string
    readonly address: BrokerAddress
    readonly maxBufferedMessages?: number
  }): Bus
  /** Where the broker is. Absent where the bus has none; what is about lost connections is left out then. */
  readonly address?: BrokerAddress
  /** Takes what a prefix has left in the engine away. */
  clean?(prefix: string): Promise<void>
}

/** How long a case waits for what must happen. */
const patienceMs = 25_000

/** Topics below `kept:` keep so many messages in the suite. */
export const keptMessages = 10

/** Waits until a condition holds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + patienceMs
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`)
    await sleep(5)
  }
}

/** What a listener heard: texts, and `GAP`. */
export interface Heard {
  readonly all: string[]
  readonly topics: string[]
  readonly positions: (string | null)[]
  readonly subscription: BusSubscription
}

/** The buses of one case, on a prefix of their own. */
export class BusBench {
  private readonly prefix = `t${Math.random().toString(36).slice(2, 12)}`
  private readonly buses: Bus[] = []
  private proxies: TcpProxy[] = []
  readonly errors: unknown[] = []

  constructor(private readonly engine: BusUnderTest) {}

  /** A started bus; over a proxy, where one is given. */
  async bus(proxy?: TcpProxy, maxBufferedMessages?: number): Promise<Bus> {
    const bus = this.make(proxy, maxBufferedMessages)
    await this.start(bus)
    return bus
  }

  make(proxy?: TcpProxy, maxBufferedMessages?: number): Bus {
    const address = proxy ?? this.engine.address ?? { host: '', port: 0 }
    const { prefix } = this
    const bus = this.engine.connect({
      prefix,
      address,
      ...(maxBufferedMessages ? { maxBufferedMessages } : {}),
    })
    this.buses.push(bus)
    return bus
  }

  start(bus: Bus): Promise<void> {
    return bus.start({
      history: (topic) => (matchesTopic('kept:**', topic) ? keptMessages : 0),
      onError: (error) => this.errors.push(error),
    })
  }

  async proxy(): Promise<TcpProxy> {
    const proxy = await startTcpProxy(this.engine.address as BrokerAddress)
    this.proxies.push(proxy)
    return proxy
  }

  /** Listens, and waits until the subscription is ready. */
  async hear(bus: Bus, pattern: string, from: string | null = null): Promise<Heard> {
    const heard = this.listen(bus, pattern, from)
    await heard.subscription.ready
    return heard
  }

  listen(bus: Bus, pattern: string, from: string | null = null): Heard {
    const [all, topics, positions] = [[] as string[], [] as string[], [] as (string | null)[]]
    const subscription = bus.subscribe(pattern, from, {
      message: ({ topic, text, position }) => {
        all.push(text)
        topics.push(topic)
        positions.push(position)
      },
      gap: () => all.push('GAP'),
    })
    return { all, topics, positions, subscription }
  }

  async end(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.close()))
    await Promise.all(this.proxies.map((proxy) => proxy.close()))
    await this.engine.clean?.(this.prefix)
  }
}

/** Something that every bus must do. */
export type BusCase = readonly [name: string, run: (bench: BusBench) => Promise<void>]

/** So many numbers as texts, from 1 by default. */
export const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, i) => `${from + i}`)
