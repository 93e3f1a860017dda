import { randomBytes } from 'node:crypto'
import type { RedisClientType } from 'redis'
import type { Bus } from '../../server/bus.ts'
import { isWildcard, matchesTopic } from '../../server/topic-names.ts'
import { EngineBus, type EngineBusOptions, type Kept, type Link, type LinkEvents } from '../engine-bus.ts'
import type { Carried } from '../engine-subscription.ts'
import { loadPeer } from '../peer.ts'

/** What {@link redisBus} takes. */
export interface RedisBusOptions extends EngineBusOptions {
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url: string
}

/**
 * Carries topics by Redis 6.2 or newer: publish and subscribe; a stream per topic that keeps history. Needs the package
 * `redis`. Its keys begin with the prefix in braces, so that a Redis Cluster has them in one place.
 *
 * @returns the bus, for `createLiveServer`.
 */
export function redisBus({ url, ...options }: RedisBusOptions): Bus {
  return new EngineBus((settings, events) => RedisLink.connect(url, settings, events), options)
}

/**
 * Numbers are the time of the engine in microseconds, one higher than the last where two come at once. Streams of topics
 * that are silent for longer than history is kept leave by themselves.
 */
const publishScript = `
local time = redis.call('TIME')
local number = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or 0)
if number <= last then number = last + 1 end
local id = string.format('%.0f', number)
redis.call('SET', KEYS[1], id)
redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[3], id .. '-1', 'b', ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[2], id, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], 0, string.format('%.0f', number - ARGV[4] * 1000))
redis.call('PUBLISH', ARGV[5], id .. ' ' .. ARGV[2])
return id`

class RedisLink implements Link {
  private readonly listeners = new Map<string, (body: string, channel: string) => void>()

  private constructor(
    private readonly client: RedisClientType,
    private readonly subscriber: RedisClientType,
    private readonly options: Required<EngineBusOptions>,
    private readonly events: LinkEvents,
    readonly epoch: string,
  ) {}

  static async connect(
    url: string,
    options: Required<EngineBusOptions>,
    events: LinkEvents,
  ): Promise<RedisLink> {
    const { createClient } = await loadPeer('redis', () => import('redis'))
    const settings = { url, RESP: 2, socket: { reconnectStrategy: false, connectTimeout: 10_000 } } as const
    const clients = [createClient(settings), createClient(settings)] as unknown as RedisClientType[]
    const [client, subscriber] = clients as [RedisClientType, RedisClientType]
    for (const each of clients) {
      each.on('error', events.lost)
      each.on('end', () => events.lost(new Error('The connection to Redis has ended.')))
    }
    try {
      await Promise.all(clients.map((each) => each.connect()))
      const key = `{${options.prefix}}:epoch`
      await client.set(key, randomBytes(6).toString('hex'), { NX: true })
      return new RedisLink(client, subscriber, options, events, String(await client.get(key)))
    } catch (error) {
      for (const each of clients) if (each.isOpen) each.destroy()
      throw error
    }
  }

  private key(name: string): string {
    return `{${this.options.prefix}}:${name}`
  }

  private channel(topic: string): string {
    return this.key(`topic:${topic}`)
  }

  async publish(topic: string, body: string, history: number): Promise<void> {
    // A number in front of those without history, too: the same channel carries both.
    if (history === 0) return void (await this.client.publish(this.channel(topic), `- ${body}`))
    await this.client.eval(publishScript, {
      keys: [this.key('last'), this.key('topics'), this.key(`history:${topic}`)],
      arguments: [topic, body, String(history + 1), String(this.options.historyMs), this.channel(topic)],
    })
  }

  refused(error: unknown): boolean {
    const { constructor: type, message = '' } = (error ?? {}) as Partial<Error>
    // Some answers are those of a Redis that is about to be itself again.
    return (
      type?.name === 'SimpleError' && !/^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(message)
    )
  }

  async listen(pattern: string): Promise<void> {
    const listener = (message: string, channel: string) => {
      const topic = channel.slice(this.channel('').length)
      if (!matchesTopic(pattern, topic)) return
      const space = message.indexOf(' ')
      const number = message.startsWith('-') ? null : Number(message.slice(0, space))
      this.events.message(pattern, { topic, body: message.slice(space + 1), number })
    }
    this.listeners.set(pattern, listener)
    if (isWildcard(pattern)) await this.subscriber.pSubscribe(this.glob(pattern), listener)
    else await this.subscriber.subscribe(this.channel(pattern), listener)
  }

  async unlisten(pattern: string): Promise<void> {
    const listener = this.listeners.get(pattern)
    this.listeners.delete(pattern)
    if (isWildcard(pattern)) await this.subscriber.pUnsubscribe(this.glob(pattern), listener)
    else await this.subscriber.unsubscribe(this.channel(pattern), listener)
  }

  /** Matches more than the pattern does, for Redis knows no segments. */
  private glob(pattern: string): string {
    const literal = (text: string) => text.replace(/[\\[\]?*^]/g, '\\$&')
    const segments = pattern.split(':')
    return (
      literal(this.channel('')) +
      segments.map((each) => (each === '*' || each === '**' ? '*' : literal(each))).join(':')
    )
  }

  async read(pattern: string, after: number): Promise<Kept> {
    const found = await Promise.all(
      (await this.topicsAfter(pattern, after)).map((topic) => this.readTopic(topic, after)),
    )
    return { messages: found.flat().sort((a, b) => a.number - b.number) }
  }

  private async topicsAfter(pattern: string, after: number): Promise<string[]> {
    if (!isWildcard(pattern)) return [pattern]
    const topics = await this.client.zRangeByScore(this.key('topics'), `(${after}`, '+inf')
    return topics.filter((topic) => matchesTopic(pattern, topic))
  }

  private async readTopic(topic: string, after: number): Promise<(Carried & { number: number })[]> {
    const entries = await this.client.xRange(this.key(`history:${topic}`), `(${after}-1`, '+')
    return (entries ?? []).map(({ id, message }) => ({
      topic,
      body: String(message.b),
      number: Number.parseInt(id, 10),
    }))
  }

  async last(): Promise<number> {
    return Number((await this.client.get(this.key('last'))) ?? 0)
  }

  async ping(): Promise<void> {
    await Promise.all([this.client.ping(), this.subscriber.ping()])
  }

  async close(): Promise<void> {
    for (const each of [this.client, this.subscriber]) if (each.isOpen) each.destroy()
  }
}
