import { setTimeout as sleep } from 'node:timers/promises'
import { LiverootError } from '../errors.ts'
import type { Bus, BusListener, BusSettings, BusState, BusSubscription } from '../server/bus.ts'
import { checkPattern, checkTopic } from '../server/topic-names.ts'
import { type Carried, EngineSubscription } from './engine-subscription.ts'
import { fromPublisher, PublishQueue } from './publish-queue.ts'

/** What every bus of a broker takes beside what its client needs. */
export interface EngineBusOptions {
  /** Parts the topics of applications that share a broker. `liveroot` by default. */
  readonly prefix?: string
  /** Messages that wait for the broker; the next one is refused (`bus_buffer_full`). 20,000. */
  readonly maxBufferedMessages?: number
  /** What they may have together, in bytes of UTF-16 text; a message past it is refused (`bus_buffer_full`). 67,108,864. */
  readonly maxBufferedBytes?: number
  /** How long the engine keeps history at the most; who comes back later is told of a gap. 86,400,000, a day. */
  readonly historyMs?: number
  /** How long a connection may say nothing before it is given up and made anew. 5,000. */
  readonly pingMs?: number
}

export const engineDefaults = {
  prefix: 'liveroot',
  maxBufferedMessages: 20_000,
  maxBufferedBytes: 67_108_864,
  historyMs: 86_400_000,
  pingMs: 5_000,
} satisfies Required<EngineBusOptions>

/** One connection to an engine. When it is lost it is thrown away, and another one is made. */
export interface Link {
  /** Resolves when the engine has taken the message. In the order of the calls. */
  publish(topic: string, body: string, history: number): Promise<void>
  /** True when the engine answered, and would answer the same again; any other rejection is a lost connection. */
  refused(error: unknown): boolean
  /** From when it resolves, messages of the pattern come. `history` says whether its topics keep some. */
  listen(pattern: string, history: boolean): Promise<void>
  unlisten(pattern: string, history: boolean): Promise<void>
  /** What the engine keeps of a pattern after a number, in order; at least what it had when it was asked. */
  read(pattern: string, after: number): Promise<Kept>
  /** The number of the newest message, or a later one. */
  last(): Promise<number>
  /** Names what the numbers count: when the engine has lost everything, it is another one. */
  readonly epoch: string
  ping(): Promise<void>
  close(): Promise<void>
}

export interface Kept {
  readonly messages: readonly Carried[]
  /** True where the engine knows that it has dropped messages after the number. */
  readonly incomplete?: boolean
}

export interface LinkEvents {
  message(pattern: string, carried: Carried): void
  lost(error: unknown): void
  /** Something does not work yet, though the link is a good one. */
  trouble(error: unknown): void
}

/** How a broker is reached: what an adapter gives to {@link EngineBus}. */
export type ConnectLink = (options: Required<EngineBusOptions>, events: LinkEvents) => Promise<Link>

/** The first and the longest time between two attempts to reach a broker. */
const firstDelayMs = 50
const longestDelayMs = 5_000
/** A connection that lasted so long was a good one. */
const steadyMs = 1_000
/** How long a bus that is closed waits for the engine to take what was published. */
const closeTimeoutMs = 5_000
/** How long a link may take to end: the other side may be gone. */
const lastWordMs = 1_000
/** How long a link may take to be made. */
const connectTimeoutMs = 10_000
/** How long a subscription to which the engine listens may take to begin, before its link is taken for lost. */
const beginTimeoutMs = 20_000

/**
 * A bus over a broker, with all that is the same for every broker: connecting again, waiting messages, what comes twice,
 * and going on from a position. The adapter gives it links.
 */
export class EngineBus implements Bus {
  state: BusState = 'waiting'
  private readonly options: Required<EngineBusOptions>
  private settings: BusSettings = { history: () => 0, onError() {} }
  private link: Link | null = null
  private readonly subscriptions = new Map<string, Set<EngineSubscription>>()
  /** What the link listens to. */
  private readonly listening = new Map<string, Promise<void>>()
  private readonly queue: PublishQueue
  private readonly closing = new AbortController()
  private running: Promise<void> = Promise.resolve()
  private lose: (error: unknown) => void = () => {}

  constructor(
    private readonly connect: ConnectLink,
    options: EngineBusOptions,
  ) {
    this.options = { ...engineDefaults, ...withoutUndefined(options) }
    this.queue = new PublishQueue(this.options, (topic) => this.settings.history(topic))
  }

  start(settings: BusSettings): Promise<void> {
    if (this.state === 'closed') return Promise.reject(new LiverootError('bus_closed'))
    this.settings = settings
    this.state = 'connecting'
    return new Promise((resolve, reject) => {
      this.running = this.run(resolve).catch((error: unknown) => {
        // First, for a bus that is closed rejects, too.
        reject(error)
        void this.close()
      })
      this.closing.signal.addEventListener('abort', () => reject(new LiverootError('bus_closed')))
    })
  }

  async publish(topic: string, text: string): Promise<void> {
    if (this.closing.signal.aborted) throw new LiverootError('bus_closed')
    checkTopic(topic)
    await this.queue.publish(topic, text)
  }

  subscribe(pattern: string, from: string | null, listener: BusListener): BusSubscription {
    checkPattern(pattern)
    const { signal } = this.closing
    const subscription = new EngineSubscription(pattern, from, listener, this.options.historyMs, () =>
      this.remove(subscription),
    )
    if (signal.aborted) return subscription
    const others = this.subscriptions.get(pattern)
    if (others === undefined) this.subscriptions.set(pattern, new Set([subscription]))
    else others.add(subscription)
    if (this.link !== null) this.begin(this.link, subscription)
    return subscription
  }

  async position(pattern: string): Promise<string | null> {
    const subscription = this.subscribe(pattern, null, { message() {}, gap() {} })
    await subscription.ready
    const { position } = subscription
    await subscription.end()
    return position
  }

  async close(): Promise<void> {
    if (this.state === 'connected')
      await Promise.race([this.queue.empty(), sleep(closeTimeoutMs, null, { ref: false })])
    this.state = 'closed'
    this.closing.abort()
    this.queue.close()
    for (const all of this.subscriptions.values()) for (const each of all) each.close()
    this.subscriptions.clear()
    await this.running.catch(() => {})
  }

  /** Holds a link as long as the bus is open. */
  private async run(connected: () => void): Promise<void> {
    const { signal } = this.closing
    for (let failures = 0; !signal.aborted; ) {
      if (failures > 0) await sleep(delayAfter(failures), null, { signal }).catch(() => {})
      const lost = new Promise<unknown>((resolve) => {
        this.lose = resolve
      })
      try {
        const link = await inTime(
          this.connect(this.options, {
            message: (pattern, carried) => this.deliver(pattern, carried),
            lost: this.lose,
            trouble: (error) => this.report(error, 'The history cannot be used yet'),
          }),
        )
        const since = Date.now()
        await this.use(link, lost, connected)
        await Promise.race([link.close().catch(() => {}), sleep(lastWordMs, null, { ref: false })])
        // A broker that takes connections only to end them is not asked without a pause.
        failures = Date.now() - since > steadyMs ? 0 : failures + 1
      } catch (error) {
        if (isFinal(error)) throw error
        if (failures++ === 0 && !signal.aborted) this.report(error)
      }
    }
  }

  /** Returns when the link is lost, or the bus closed. */
  private async use(link: Link, lost: Promise<unknown>, connected: () => void): Promise<void> {
    const { signal } = this.closing
    if (signal.aborted) return
    const { lose } = this
    this.link = link
    this.listening.clear()
    this.state = 'connected'
    // Those that publish and listen at once hear each other.
    for (const all of this.subscriptions.values()) for (const each of all) this.begin(link, each)
    this.queue.open(link, lose)
    connected()
    const pinging = setInterval(() => void this.ping(link).catch(lose), this.options.pingMs)
    const closed = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined)
      else signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    const error = await Promise.race([lost.then((cause) => ({ cause })), closed])
    clearInterval(pinging)
    this.link = null
    this.queue.hold()
    for (const all of this.subscriptions.values()) for (const each of all) each.lost()
    if (signal.aborted) return
    this.state = 'connecting'
    if (error !== undefined) this.report(error.cause)
  }

  private async ping(link: Link): Promise<void> {
    const late = new AbortController()
    const tooLate = sleep(this.options.pingMs, null, { signal: late.signal, ref: false }).then(() => {
      throw new Error('The broker does not answer.')
    })
    tooLate.catch(() => {})
    try {
      await Promise.race([link.ping(), tooLate])
    } finally {
      late.abort()
    }
  }

  private begin(link: Link, subscription: EngineSubscription): void {
    const { lose } = this
    const { pattern } = subscription
    let listening = this.listening.get(pattern)
    if (listening === undefined) {
      listening = link.listen(pattern, this.settings.history(pattern) > 0)
      this.listening.set(pattern, listening)
    }
    const late = new AbortController()
    void listening
      .then(() => sleep(beginTimeoutMs, null, { signal: late.signal, ref: false }))
      .then(() => lose(new Error(`Topic "${pattern}" does not begin.`)))
      .catch(() => {})
    subscription
      .begin(link, listening, this.settings.history)
      .catch((error: unknown) => {
        if (this.link === link) lose(error)
      })
      .finally(() => late.abort())
  }

  private deliver(pattern: string, { body, ...carried }: Carried): void {
    const subscriptions = this.subscriptions.get(pattern)
    if (subscriptions === undefined) return
    const message = { ...carried, ...fromPublisher(body) }
    for (const each of subscriptions) each.take(message)
  }

  private async remove(subscription: EngineSubscription): Promise<void> {
    const { pattern } = subscription
    const others = this.subscriptions.get(pattern)
    if (!others?.delete(subscription) || others.size > 0) return
    this.subscriptions.delete(pattern)
    const { link } = this
    if (link === null || !this.listening.delete(pattern)) return
    await link.unlisten(pattern, this.settings.history(pattern) > 0).catch(() => {})
  }

  private report(cause: unknown, what = 'The broker cannot be reached'): void {
    const message = `${what}: ${(cause as Error | null)?.message ?? cause}`
    this.settings.onError(new LiverootError('bus_failed', message, { cause }))
  }
}

/** A broker that has just been started may take a connection and then say nothing. */
async function inTime(connecting: Promise<Link>): Promise<Link> {
  const late = new AbortController()
  const tooLate = sleep(connectTimeoutMs, null, { signal: late.signal }).then(() => {
    void connecting.then((link) => link.close()).catch(() => {})
    throw new Error('The broker takes too long to answer.')
  })
  tooLate.catch(() => {})
  try {
    return await Promise.race([connecting, tooLate])
  } finally {
    late.abort()
  }
}

function delayAfter(failures: number): number {
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10))
  return delayMs * (0.5 + Math.random() / 2)
}

function isFinal(error: unknown): boolean {
  return error instanceof LiverootError && error.code === 'missing_peer'
}

function withoutUndefined(options: EngineBusOptions): Partial<EngineBusOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
