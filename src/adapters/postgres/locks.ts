import type { Client } from 'pg'
import type { Locks } from '../../server/source.ts'
import { loadPeer } from '../peer.ts'
import { SharedClient } from '../shared-client.ts'
import { quoteName } from './queue-table.ts'
import { SerialQueries } from './serial-queries.ts'

/** What {@link postgresLocks} takes. */
export interface PostgresLocksOptions {
  /** Such as `postgres://user:password@host:5432/database`. */
  readonly url: string
  /** The table of claims; made where it is missing. `liveroot_locks`. */
  readonly table?: string
}

const loadClient = () => loadPeer('pg', () => import('pg'))

/** Claims in a table of PostgreSQL, for `createLiveServer({ locks })`. Needs the package `pg`. */
export function postgresLocks({ url, table = 'liveroot_locks' }: PostgresLocksOptions): Locks {
  const name = quoteName(table)
  const shared = new SharedClient(
    () => connect(url, name),
    ({ client }) => client.end().catch(() => {}),
  )
  return {
    prepare: async () => void (await loadClient()),
    claim: (lock, owner, ttlMs) =>
      shared.use(async ({ queries }) => {
        const { rows } = await queries.run(
          `INSERT INTO ${name} (name, owner, until) VALUES ($1, $2, now() + $3 * interval '1 ms')
           ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
             WHERE ${name}.until <= now() OR ${name}.owner = excluded.owner
           RETURNING name`,
          [lock, owner, ttlMs],
        )
        // Whoever takes one clears away what is over.
        if (rows.length > 0) await queries.run(`DELETE FROM ${name} WHERE until < now()`)
        return rows.length > 0
      }),
    close: () => shared.close(),
  }
}

async function connect(url: string, table: string): Promise<{ client: Client; queries: SerialQueries }> {
  const { default: pg } = await loadClient()
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  const queries = new SerialQueries(client)
  const { rows } = await queries.run<{ found: unknown }>('SELECT to_regclass($1) AS found', [table])
  if (rows[0]?.found === null) {
    await queries.run(`
      DO $$ BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('${table.replaceAll("'", "''")}'));
        CREATE TABLE IF NOT EXISTS ${table} (name text PRIMARY KEY, owner text NOT NULL, until timestamptz NOT NULL);
      END $$`)
  }
  return { client, queries }
}
