import type { Client } from 'pg'
import type { Delivery, Queue, QueueListener } from '../../server/source.ts'
import type { InAir } from '../in-air.ts'
import { loadPeer } from '../peer.ts'
import { type QueueSession, runQueue } from '../run-queue.ts'

/** What {@link notifications} takes. */
export interface NotificationsOptions {
  /** Where the database is, such as `postgres://user:password@host:5432/database`. */
  readonly url: string
  /** What `NOTIFY` or `pg_notify` names. */
  readonly channel: string
  /**
   * True where every server shall get every notification, such as for a cache of its own. By default one server of those
   * that listen to the channel in that database gets them: what its handler publishes reaches all.
   */
  readonly everywhere?: boolean
  /** Notifications in the air at once. 1, so that they are handled in order. */
  readonly prefetch?: number
  /** Notifications that wait for the handler; of more, the newest are lost (`source_lost`). 10,000. */
  readonly maxWaiting?: number
  /**
   * Called whenever this server begins to listen, at first and after a connection that was lost: nobody has what was
   * notified before. Load again what notifications tell of.
   */
  readonly onListen?: () => void
}

/**
 * What a trigger or a program of yours says by `NOTIFY orders, '{…}'` or `pg_notify('orders', payload)`, for `source`.
 * Needs the package `pg`.
 *
 * **At most once.** PostgreSQL keeps nothing for those who do not listen: what is notified while the connection is lost,
 * or while another server takes over, is gone. So is one whose server ends while it is handled. A handler that throws is
 * run again as in every source; after the last attempt the notification is gone, for there is no place for dead letters.
 * For messages that must not be lost, see `postgresQueue`.
 *
 * @returns the queue, as data.
 */
export function notifications(options: NotificationsOptions): Queue {
  return {
    name: `postgres notifications ${options.channel}`,
    prepare: async () => void (await loadClient()),
    start: (listener) =>
      runQueue<Notice>(listener, options.prefetch ?? 1, (inAir) => Listening.open(options, listener, inAir)),
  }
}

const loadClient = () => loadPeer('pg', () => import('pg'))

interface Notice {
  readonly id: string
  readonly body: Buffer
  attempt: number
}

class Listening implements QueueSession {
  readonly broken: Promise<unknown>
  private break: (error: unknown) => void = () => {}
  private readonly waiting: Notice[] = []
  private readonly retries = new Set<NodeJS.Timeout>()
  private last = 0
  private paused = false

  private constructor(
    private readonly client: Client,
    private readonly options: NotificationsOptions,
    private readonly listener: QueueListener,
    private readonly inAir: InAir<Notice>,
  ) {
    this.broken = new Promise((resolve) => {
      this.break = resolve
    })
    client.on('error', this.break)
    client.on('end', () => this.break(new Error('The connection to PostgreSQL has ended.')))
    client.on('notification', ({ payload = '' }) => this.noticed(payload))
  }

  static async open(
    options: NotificationsOptions,
    listener: QueueListener,
    inAir: InAir<Notice>,
  ): Promise<Listening> {
    const { default: pg } = await loadClient()
    const client = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      const listening = new Listening(client, options, listener, inAir)
      // Where another server listens, that may take as long as it lives.
      void listening.begin().catch((error: unknown) => listening.break(error))
      return listening
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
  }

  /** The lock is the connection's: with its server it is gone, and the next one in the line has it. */
  private async begin(): Promise<void> {
    const { channel, everywhere = false, onListen } = this.options
    if (!everywhere) await this.client.query('SELECT pg_advisory_lock(hashtext($1))', [`liveroot ${channel}`])
    if (this.paused) return
    await this.client.query(`LISTEN "${channel.replaceAll('"', '""')}"`)
    onListen?.()
  }

  private noticed(payload: string): void {
    const { maxWaiting = 10_000, channel } = this.options
    if (this.waiting.length >= maxWaiting)
      return this.listener.lost(new Error(`More than ${maxWaiting} notifications of ${channel} wait.`))
    this.waiting.push({ id: String(++this.last), body: Buffer.from(payload), attempt: 1 })
    this.handOver()
  }

  private handOver(): void {
    while (!this.paused && this.inAir.room > 0) {
      const notice = this.waiting.shift()
      if (notice === undefined) return
      this.inAir.deliver(notice, this.toDelivery(notice))
      void this.inAir.changed().then(() => this.handOver())
    }
  }

  private toDelivery(notice: Notice): Delivery {
    return {
      id: notice.id,
      body: notice.body,
      headers: {},
      attempt: notice.attempt,
      ack: async () => {},
      retry: async (delayMs) => this.retry(notice, delayMs),
      // The source has reported why; there is no place for it.
      deadLetter: async () => {},
    }
  }

  private retry(notice: Notice, delayMs: number): void {
    const timer = setTimeout(() => {
      this.retries.delete(timer)
      this.waiting.unshift({ ...notice, attempt: notice.attempt + 1 })
      this.handOver()
    }, delayMs)
    this.retries.add(timer)
  }

  async pause(): Promise<void> {
    this.paused = true
    for (const timer of this.retries) clearTimeout(timer)
  }

  async close(): Promise<void> {
    await this.client.end()
  }
}
