import { createHash } from 'node:crypto'
import type { Client, QueryResult } from 'pg'
import type { Bus } from '../../server/bus.ts'
import { isWildcard, matchesTopic } from '../../server/topic-names.ts'
import { EngineBus, type EngineBusOptions, type Kept, type Link, type LinkEvents } from '../engine-bus.ts'
import { loadPeer } from '../peer.ts'

/** What {@link postgresBus} takes. */
export interface PostgresBusOptions extends EngineBusOptions {
  /** Such as `postgres://user:password@127.0.0.1:5432/database`. A database in UTF-8. */
  readonly url: string
}

/**
 * Carries topics by PostgreSQL 12 or newer: `LISTEN` and `NOTIFY`, with a table for what is kept and for messages that
 * are too large to notify (over 8,000 bytes). Needs the package `pg`, and the right to create a table and a function.
 * One channel carries everything, so every server reads every message: fit for some hundred messages a second.
 *
 * @returns the bus, for `createLiveServer`.
 */
export function postgresBus({ url, ...options }: PostgresBusOptions): Bus {
  return new EngineBus((settings, events) => PostgresLink.connect(url, settings, events), options)
}

/** PostgreSQL refuses to notify more than 7,999 bytes. */
const largestNotice = 7_900
/** How long a message that was too large to notify, and is not kept, waits to be read. */
const unreadSeconds = 300

/** What is notified: the number in the table, where it is there, the topic, and the body where it is small. */
type Notice = readonly [number: number | null, topic: string, body?: string]

class PostgresLink implements Link {
  private readonly patterns = new Map<string, boolean>()
  private readonly notices: Notice[] = []
  private reading = false
  private before: Promise<unknown> = Promise.resolve()
  private readonly table: string
  private readonly lock: string

  private constructor(
    private readonly client: Client,
    private readonly options: Required<EngineBusOptions>,
    private readonly events: LinkEvents,
    readonly epoch: string,
  ) {
    this.table = tableOf(options.prefix)
    this.lock = lockOf(options.prefix)
  }

  static async connect(
    url: string,
    options: Required<EngineBusOptions>,
    events: LinkEvents,
  ): Promise<PostgresLink> {
    const { default: pg } = await loadPeer('pg', () => import('pg'))
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
    client.on('error', events.lost)
    client.on('end', () => events.lost(new Error('The connection to PostgreSQL has ended.')))
    try {
      await client.connect()
      const link = new PostgresLink(client, options, events, await setUp(client, options.prefix))
      client.on('notification', ({ payload = '' }) => link.noticed(payload))
      await client.query(`LISTEN ${link.table}`)
      return link
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
  }

  async publish(topic: string, body: string, history: number): Promise<void> {
    const notice = JSON.stringify([null, topic, body])
    const small = Buffer.byteLength(notice) <= largestNotice
    if (small && history === 0)
      return void (await this.query('SELECT pg_notify($1, $2)', [this.table, notice]))
    const [topicJson, bodyJson] = [JSON.stringify(topic), JSON.stringify(body)]
    await this.query(`SELECT ${this.table}_publish($1, $2, $3, $4)`, [topicJson, bodyJson, history, small])
  }

  /** The client wants one query at a time. */
  private query(text: string, values?: readonly unknown[]): Promise<QueryResult> {
    const answer = this.before.then(() => this.client.query(text, values as unknown[] | undefined))
    this.before = answer.catch(() => {})
    return answer
  }

  /** A connection that is lost has no such code of five letters, or one that says so. */
  refused(error: unknown): boolean {
    const { code } = (error ?? {}) as { code?: unknown }
    return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|40|53|EPIPE)/.test(code)
  }

  async listen(pattern: string, history: boolean): Promise<void> {
    this.patterns.set(pattern, history)
    // What was notified before this is read has been seen.
    await this.query('SELECT 1')
  }

  async unlisten(pattern: string): Promise<void> {
    this.patterns.delete(pattern)
  }

  private noticed(payload: string): void {
    this.notices.push(JSON.parse(payload) as Notice)
    if (!this.reading) void this.readNotices().catch(this.events.lost)
  }

  /** In order, though some bodies have to be fetched. */
  private async readNotices(): Promise<void> {
    this.reading = true
    for (let next = this.notices.shift(); next !== undefined; next = this.notices.shift()) {
      const [number, topic] = next
      const patterns = [...this.patterns.keys()].filter((pattern) => matchesTopic(pattern, topic))
      if (patterns.length === 0) continue
      const { body, kept } =
        next[2] === undefined ? await this.fetch(number) : { body: next[2], kept: number !== null }
      if (body === undefined) continue
      for (const pattern of patterns)
        this.events.message(pattern, { topic, body, number: kept ? number : null })
    }
    this.reading = false
  }

  private async fetch(number: number | null): Promise<{ body?: string; kept: boolean }> {
    const { rows } = await this.query(`SELECT body, kept FROM ${this.table} WHERE id = $1`, [number])
    return rows.length === 0 ? { kept: false } : { body: JSON.parse(rows[0].body), kept: rows[0].kept }
  }

  async read(pattern: string, after: number): Promise<Kept> {
    const wild = isWildcard(pattern)
    const literal = pattern.slice(0, pattern.search(/(?<=^|:)\*/))
    const { rows } = await this.query(
      `SELECT id, topic, body FROM ${this.table}
       WHERE kept AND id > $1 AND ${wild ? 'starts_with(topic, $2)' : 'topic = $2'} ORDER BY id`,
      [after, wild ? JSON.stringify(literal).slice(0, -1) : JSON.stringify(pattern)],
    )
    const messages = rows.map((row) => ({
      topic: JSON.parse(row.topic) as string,
      body: JSON.parse(row.body) as string,
      number: Number(row.id),
    }))
    return { messages: messages.filter(({ topic }) => matchesTopic(pattern, topic)) }
  }

  /** Nobody publishes meanwhile, so that no lower number can appear later. */
  async last(): Promise<number> {
    const results = (await this.query(
      `BEGIN; SELECT pg_advisory_xact_lock_shared(${this.lock});
       SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequenceOf(this.table)}; COMMIT`,
    )) as unknown as { rows: { last: string }[] }[]
    return Number(results[2]?.rows[0]?.last ?? 0)
  }

  async ping(): Promise<void> {
    const seconds = this.options.historyMs / 1_000
    await this.query(
      `DELETE FROM ${this.table} WHERE at < now() - make_interval(secs => CASE WHEN kept THEN $1 ELSE $2 END)`,
      [seconds, unreadSeconds],
    )
  }

  async close(): Promise<void> {
    await this.client.end()
  }
}

/** A name that needs no escape, whatever the prefix. */
function tableOf(prefix: string): string {
  const plain = /^[a-z][a-z0-9_]{0,30}$/.test(prefix)
  return `${plain ? prefix : `liveroot_${createHash('sha256').update(prefix).digest('hex').slice(0, 20)}`}_messages`
}

const sequenceOf = (table: string) => `${table}_id_seq`

function lockOf(prefix: string): string {
  return createHash('sha256').update(prefix).digest().readBigInt64BE().toString()
}

/**
 * Makes the table and the function. Publishing takes a lock until its commit, so that numbers appear in order.
 *
 * @returns what names this table: another one of the same name has another.
 */
async function setUp(client: Client, prefix: string): Promise<string> {
  const table = tableOf(prefix)
  const lock = lockOf(prefix)
  await client.query(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${lock});
    CREATE TABLE IF NOT EXISTS ${table} (
      id bigserial PRIMARY KEY, topic text NOT NULL, body text NOT NULL, kept boolean NOT NULL,
      at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX IF NOT EXISTS ${table}_topic ON ${table} (topic, id);
    CREATE INDEX IF NOT EXISTS ${table}_at ON ${table} (at);
    CREATE OR REPLACE FUNCTION ${table}_publish(the_topic text, the_body text, history int, small boolean)
    RETURNS void LANGUAGE plpgsql AS $$
    DECLARE number bigint; notice text;
    BEGIN
      PERFORM pg_advisory_xact_lock(${lock});
      INSERT INTO ${table} (topic, body, kept) VALUES (the_topic, the_body, history > 0) RETURNING id INTO number;
      IF history > 0 THEN
        DELETE FROM ${table} WHERE topic = the_topic AND kept AND id <=
          (SELECT id FROM ${table} WHERE topic = the_topic AND kept ORDER BY id DESC OFFSET history + 1 LIMIT 1);
      END IF;
      notice := '[' || number || ',' || the_topic || CASE WHEN small THEN ',' || the_body ELSE '' END || ']';
      PERFORM pg_notify('${table}', notice);
    END $$;
    COMMIT`)
  const { rows } = await client.query(`SELECT '${table}'::regclass::oid AS oid`)
  return `pg${rows[0].oid}`
}
