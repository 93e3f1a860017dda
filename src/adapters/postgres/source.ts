import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { DeadLetterReason, Delivery, Queue } from '../../server/source.ts'
import type { InAir } from '../in-air.ts'
import { loadPeer } from '../peer.ts'
import { type QueueSession, runQueue } from '../run-queue.ts'
import { Batch } from './batch.ts'
import { postgresQueueTable, quoteName } from './queue-table.ts'
import { SerialQueries } from './serial-queries.ts'

/** What {@link postgresQueue} takes. */
export interface PostgresQueueOptions {
  /** Where the database is, such as `postgres://user:password@host:5432/database`. */
  readonly url: string
  /**
   * The table that is the queue; a schema may stand before it, with a dot. Made where it is missing, with what
   * {@link postgresQueueTable} returns. `INSERT INTO <table> (body) VALUES ('{…}')` puts a message in it.
   */
  readonly table: string
  /** Messages in the air at once, on this server. 32. */
  readonly prefetch?: number
  /** What a server that died had in the air is taken over after this time. 30,000. */
  readonly leaseMs?: number
  /** How often the table is looked at although nobody said that there is a row. 5,000. */
  readonly pollMs?: number
}

interface Row {
  readonly id: string
  readonly body: string
  readonly headers: Record<string, string>
  readonly attempts: number
}

/**
 * A table of PostgreSQL as a queue, for `source`: `NOTIFY` wakes the servers, `FOR UPDATE SKIP LOCKED` gives each row to one of
 * them. Needs the package `pg`.
 *
 * Handled rows are deleted. Dead letters stay in the table, with `dead_code` and `dead_message` set; set `dead_code` to null and
 * `attempts` to 0 to have one delivered again. Attempts that ended with their process count.
 *
 * @returns the queue, as data.
 */
export function postgresQueue(options: PostgresQueueOptions): Queue {
  const prefetch = options.prefetch ?? 32
  return {
    name: `postgres ${options.table}`,
    prepare: async () => void (await loadClient()),
    start: (listener) => runQueue<Row>(listener, prefetch, (inAir) => PostgresSession.open(options, inAir)),
  }
}

const loadClient = () => loadPeer('pg', () => import('pg'))

class PostgresSession implements QueueSession {
  readonly broken: Promise<unknown>
  private readonly owner = randomUUID()
  private readonly table: string
  private readonly leaseMs: number
  private readonly pollMs: number
  private readonly handled: Batch<string>
  private readonly queries: SerialQueries
  private readonly keepAlive: NodeJS.Timeout
  private readonly taking: Promise<void>
  private paused = false
  private woken = false

  private constructor(
    options: PostgresQueueOptions,
    private readonly client: Client,
    private readonly inAir: InAir<Row>,
  ) {
    this.table = quoteName(options.table)
    this.leaseMs = options.leaseMs ?? 30_000
    this.pollMs = options.pollMs ?? 5_000
    this.queries = new SerialQueries(client)
    this.handled = new Batch((ids) => this.remove(ids))
    client.on('notification', () => {
      this.woken = true
      this.inAir.wake()
    })
    this.taking = this.take()
    this.broken = Promise.race([
      new Promise((resolve) =>
        client.on('error', resolve).on('end', () => resolve(new Error('The connection ended.'))),
      ),
      this.taking.catch((error: unknown) => error),
    ])
    this.keepAlive = setInterval(() => void this.stillWorking().catch(() => {}), this.leaseMs / 3)
  }

  // Connection

  static async open(options: PostgresQueueOptions, inAir: InAir<Row>): Promise<PostgresSession> {
    const { default: pg } = await loadClient()
    const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await declare(client, options.table)
      return new PostgresSession(options, client, inAir)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
  }

  async close(): Promise<void> {
    clearInterval(this.keepAlive)
    await this.client.end()
  }

  // Taking

  private async take(): Promise<void> {
    while (!this.paused) {
      this.woken = false
      const { room } = this.inAir
      const rows = room === 0 ? [] : await this.claim(room)
      for (const row of rows) this.inAir.deliver(row, this.toDelivery(row))
      if (this.paused || this.woken || (rows.length > 0 && this.inAir.room > 0)) continue
      const waitMs = this.inAir.room === 0 ? this.pollMs : await this.nextDueMs()
      if (!this.paused && !this.woken) await this.inAir.changed(waitMs)
    }
  }

  /** Whoever takes a row has it until its lease ends: then it is due again. */
  private async claim(room: number): Promise<readonly Row[]> {
    const { rows } = await this.queries.run<Row>(
      `UPDATE ${this.table} SET attempts = attempts + 1, owner = $1, due_at = now() + $2 * interval '1 ms'
       WHERE id IN (
         SELECT id FROM ${this.table} WHERE dead_code IS NULL AND due_at <= now()
         ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       RETURNING id, body, headers, attempts`,
      [this.owner, this.leaseMs, room],
    )
    return rows.sort((a, b) => Number(a.id) - Number(b.id))
  }

  private async nextDueMs(): Promise<number> {
    const { rows } = await this.queries.run<{ ms: string | null }>(
      `SELECT extract(epoch FROM min(due_at) - now()) * 1000 AS ms FROM ${this.table} WHERE dead_code IS NULL`,
    )
    const ms = rows[0]?.ms ?? null
    return ms === null ? this.pollMs : Math.min(this.pollMs, Math.max(1, Number(ms)))
  }

  async pause(): Promise<void> {
    this.paused = true
    this.inAir.wake()
    await this.taking
  }

  private toDelivery(row: Row): Delivery {
    return {
      id: row.id,
      body: Buffer.from(row.body),
      headers: row.headers,
      attempt: row.attempts,
      ack: () => this.handled.add(row.id),
      retry: (delayMs) => this.retry(row, delayMs),
      deadLetter: (reason) => this.deadLetter(row, reason),
    }
  }

  private async stillWorking(): Promise<void> {
    const ids = this.inAir.messages.map(({ id }) => id)
    await this.queries.run(
      `UPDATE ${this.table} SET due_at = now() + $1 * interval '1 ms' WHERE id = ANY($2) AND owner = $3`,
      [this.leaseMs, ids, this.owner],
    )
  }

  // Settling

  /** A row that another server has taken over meanwhile is that server's to settle. */
  private async remove(ids: readonly string[]): Promise<void> {
    await this.queries.run(`DELETE FROM ${this.table} WHERE id = ANY($1) AND owner = $2`, [ids, this.owner])
  }

  private async retry({ id }: Row, delayMs: number): Promise<void> {
    await this.queries.run(
      `UPDATE ${this.table} SET owner = NULL, due_at = now() + $1 * interval '1 ms' WHERE id = $2 AND owner = $3`,
      [delayMs, id, this.owner],
    )
    // Somebody has to know when it is due.
    this.inAir.wake()
  }

  private async deadLetter({ id }: Row, reason: DeadLetterReason): Promise<void> {
    await this.queries.run(
      `UPDATE ${this.table} SET owner = NULL, dead_code = $1, dead_message = $2 WHERE id = $3 AND owner = $4`,
      [reason.code, reason.message.slice(0, 1_000), id, this.owner],
    )
  }
}

// Setting up

async function declare(client: Client, table: string): Promise<void> {
  const { rows } = await client.query('SELECT to_regclass($1) AS found', [quoteName(table)])
  if (rows[0].found === null) {
    // Servers that start together must not make it twice.
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [table])
    await client.query(postgresQueueTable(table))
    await client.query('COMMIT')
  }
  // What a crash of the database undoes here is delivered again, no more: no need to wait for its disk.
  await client.query('SET synchronous_commit = off')
  await client.query(`LISTEN ${quoteName(table.replaceAll('.', '_'))}`)
}
