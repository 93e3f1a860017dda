import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { DeadLetterReason, Delivery, Queue } from '../../server/source.ts'
import type { InAir } from '../in-air.ts'
import { type QueueSession, runQueue } from '../run-queue.ts'
import { connectClient, loadClient, type RedisClient, readEntries, type StreamEntry } from './client.ts'
import { acknowledge, extendLease, removeConsumers, retryLater, takeDue } from './scripts.ts'

/** What {@link redisStream} takes. */
export interface RedisStreamOptions {
  /** Where the server is, such as `redis://host:6379`. */
  readonly url: string
  /** The key of the stream. */
  readonly stream: string
  /** The consumer group that all servers share; made where it is missing, at the beginning of the stream. */
  readonly group: string
  /** The field that holds the body; the others are headers. An entry without it is its fields, as JSON. `body`. */
  readonly field?: string
  /** Messages in the air at once, on this server. 32. */
  readonly prefetch?: number
  /** What a server that died had in the air is taken over after this time. 30,000. */
  readonly claimIdleMs?: number
  /** Whether entries are deleted when they are handled, for a stream that has no other group. No by default. */
  readonly deleteHandled?: boolean
  /** The stream of dead letters. `<stream>:dead` by default. */
  readonly deadLetterStream?: string
}

/** How long a read waits for entries: the precision of retries, and of a stop. */
const blockMs = 250
/** A consumer that has nothing and was not seen for so many claim times is taken for dead. */
const forgottenAfter = 20

interface Message extends StreamEntry {
  readonly attempt: number
  /** Whether it is among those tried again, and not in the stream's list of pending entries. */
  readonly retried: boolean
}

/**
 * A consumer group of a Redis stream, for `source`. Needs the package `redis`, and Redis 6.2 or newer.
 *
 * Messages to be tried again wait in `<stream>:<group>:due`. What a dead consumer had is claimed by the others, and counts
 * as an attempt. Dead letters have the fields `x-liveroot-code`, `x-liveroot-message` and `x-liveroot-id` beside their own.
 *
 * @returns the queue, as data.
 */
export function redisStream(options: RedisStreamOptions): Queue {
  const prefetch = options.prefetch ?? 32
  return {
    name: `redis ${options.stream}/${options.group}`,
    prepare: async () => void (await loadClient()),
    start: (listener) => runQueue<Message>(listener, prefetch, (inAir) => RedisSession.open(options, inAir)),
  }
}

class RedisSession implements QueueSession {
  readonly broken: Promise<unknown>
  private readonly consumer = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
  private readonly claimIdleMs: number
  private readonly field: string
  private readonly keepAlive: NodeJS.Timeout
  private readonly taking: Promise<void>
  private paused = false
  private nextClaimMs = 0

  private constructor(
    private readonly options: RedisStreamOptions,
    /** One connection waits for entries; the other one settles them meanwhile. */
    private readonly reader: RedisClient,
    private readonly settler: RedisClient,
    private readonly inAir: InAir<Message>,
  ) {
    this.claimIdleMs = options.claimIdleMs ?? 30_000
    this.field = options.field ?? 'body'
    this.taking = this.take()
    const lost = [reader, settler].map(
      (client) => new Promise((resolve) => client.on('error', resolve).on('end', resolve)),
    )
    this.broken = Promise.race([...lost, this.taking.catch((error: unknown) => error)])
    this.keepAlive = setInterval(() => void this.stillWorking().catch(() => {}), this.claimIdleMs / 3)
  }

  // Connection

  static async open(options: RedisStreamOptions, inAir: InAir<Message>): Promise<RedisSession> {
    const reader = await connectClient(options.url)
    try {
      const settler = await connectClient(options.url)
      await declare(reader, options)
      return new RedisSession(options, reader, settler, inAir)
    } catch (error) {
      reader.destroy()
      throw error
    }
  }

  async close(): Promise<void> {
    clearInterval(this.keepAlive)
    const { stream, group } = this.options
    const leave = { keys: [stream], arguments: [group, '0', this.consumer] }
    try {
      await this.settler.eval(removeConsumers, leave)
    } finally {
      for (const client of [this.reader, this.settler]) if (client.isOpen) client.destroy()
    }
  }

  // Taking

  private async take(): Promise<void> {
    while (!this.paused) {
      if (this.inAir.room === 0) {
        await this.inAir.changed()
        continue
      }
      await this.takeRetried()
      if (Date.now() >= this.nextClaimMs) await this.claimAbandoned()
      if (this.inAir.room > 0 && !this.paused) await this.takeNew()
    }
  }

  async pause(): Promise<void> {
    this.paused = true
    this.inAir.wake()
    await this.taking
  }

  private async takeNew(): Promise<void> {
    const { stream, group } = this.options
    const read = ['XREADGROUP', 'GROUP', group, this.consumer, 'COUNT', String(this.inAir.room)]
    const reply = await this.reader.sendCommand([...read, 'BLOCK', String(blockMs), 'STREAMS', stream, '>'])
    for (const entry of readEntries(reply)) this.deliver({ ...entry, attempt: 1, retried: false })
  }

  private async takeRetried(): Promise<void> {
    const { keys } = this
    const limits = [String(this.inAir.room), String(this.claimIdleMs)]
    const reply = await this.reader.eval(takeDue, { keys: [keys.due, keys.entries], arguments: limits })
    const taken = reply as unknown as readonly (Buffer | number)[]
    for (let i = 0; i < taken.length; i += 3) {
      const fields = JSON.parse(String(taken[i + 2])) as readonly (readonly [string, string])[]
      this.deliver({
        id: String(taken[i]),
        fields: fields.map(([name, value]) => [name, Buffer.from(value, 'base64')] as const),
        attempt: Number(taken[i + 1]),
        retried: true,
      })
    }
  }

  /** Takes over what other consumers have had for too long: they are dead. */
  private async claimAbandoned(): Promise<void> {
    const { stream, group } = this.options
    const idle = String(this.claimIdleMs)
    const count = String(this.inAir.room)
    if (count === '0') return
    const claim = ['XAUTOCLAIM', stream, group, this.consumer, idle, '0-0', 'COUNT', count]
    const [next, entries] = (await this.reader.sendCommand(claim)) as unknown as [Buffer, never]
    for (const entry of readEntries([[stream, entries]])) {
      const pending = ['XPENDING', stream, group, entry.id, entry.id, '1']
      const [info] = (await this.reader.sendCommand(pending)) as unknown as readonly (readonly unknown[])[]
      this.deliver({ ...entry, attempt: Number(info?.[3] ?? 1), retried: false })
    }
    if (String(next) !== '0-0') return
    // At least twice in the time after which entries are abandoned, and not all servers at once.
    this.nextClaimMs = Date.now() + (this.claimIdleMs / 2) * (0.5 + Math.random() / 2)
    const forget = [group, String(this.claimIdleMs * forgottenAfter), '']
    await this.reader.eval(removeConsumers, { keys: [stream], arguments: forget })
  }

  private deliver(message: Message): void {
    this.inAir.deliver(message, {
      id: message.id,
      body: this.bodyOf(message),
      headers: headersOf(message, this.field),
      attempt: message.attempt,
      ack: () => this.acknowledge(message),
      retry: (delayMs) => this.retry(message, delayMs),
      deadLetter: (reason) => this.deadLetter(message, reason),
    } satisfies Delivery)
  }

  private bodyOf({ fields }: Message): Uint8Array {
    const own = fields.find(([name]) => name === this.field)
    if (own !== undefined) return own[1]
    const all = fields.map(([name, value]) => [name, String(value)])
    return Buffer.from(JSON.stringify(Object.fromEntries(all)))
  }

  private async stillWorking(): Promise<void> {
    const { stream, group } = this.options
    const ids = (retried: boolean) =>
      this.inAir.messages.filter((message) => message.retried === retried).map(({ id }) => id)
    const [pending, retried] = [ids(false), ids(true)]
    if (pending.length > 0) {
      // Without counting it as another delivery.
      await this.settler.sendCommand(['XCLAIM', stream, group, this.consumer, '0', ...pending, 'JUSTID'])
    }
    if (retried.length > 0) {
      const lease = [String(this.claimIdleMs), ...retried]
      await this.settler.eval(extendLease, { keys: [this.keys.due], arguments: lease })
    }
  }

  // Settling

  private get keys() {
    const { stream, group } = this.options
    const due = `${stream}:${group}:due`
    return { stream, due, entries: `${due}:entries` }
  }

  private async acknowledge({ id }: Message): Promise<void> {
    const { stream, due, entries } = this.keys
    const { group, deleteHandled = false } = this.options
    const given = [group, id, deleteHandled ? '1' : '0']
    await this.settler.eval(acknowledge, { keys: [stream, due, entries], arguments: given })
  }

  private async retry({ id, fields, attempt }: Message, delayMs: number): Promise<void> {
    const { stream, due, entries } = this.keys
    const content = JSON.stringify(fields.map(([name, value]) => [name, value.toString('base64')]))
    const given = [this.options.group, id, String(delayMs), String(attempt), content]
    await this.settler.eval(retryLater, { keys: [stream, due, entries], arguments: given })
  }

  private async deadLetter(message: Message, reason: DeadLetterReason): Promise<void> {
    const { stream, deadLetterStream = `${stream}:dead` } = this.options
    const why = { code: reason.code, message: reason.message.slice(0, 1_000), id: message.id }
    const more = Object.entries(why).flatMap(([name, value]) => [`x-liveroot-${name}`, value])
    await this.settler.sendCommand(['XADD', deadLetterStream, '*', ...message.fields.flat(), ...more])
    await this.acknowledge(message)
  }
}

// Setting up

async function declare(client: RedisClient, { stream, group }: RedisStreamOptions): Promise<void> {
  try {
    await client.sendCommand(['XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM'])
  } catch (error) {
    if (!String(error).includes('BUSYGROUP')) throw error
  }
}

function headersOf({ fields }: Message, field: string): Record<string, string> {
  const others = fields.filter(([name]) => name !== field)
  return Object.fromEntries(others.map(([name, value]) => [name, String(value)]))
}
