/** A name, with its schema where it has one, as SQL takes it. */
export function quoteName(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}

/**
 * The SQL that makes a queue's table, for migrations of your own: `postgresQueue` runs it where the table is missing. Running it
 * again changes nothing.
 *
 * @param table the name that `postgresQueue` is given.
 */
export function postgresQueueTable(table: string): string {
  const channel = table.replaceAll('.', '_')
  const wake = quoteName(`${table}_wake`)
  return `
    CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      body text NOT NULL,
      headers jsonb NOT NULL DEFAULT '{}',
      attempts int NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      owner uuid,
      dead_code text,
      dead_message text
    );
    CREATE INDEX IF NOT EXISTS ${quoteName(`${channel}_due`)} ON ${quoteName(table)} (due_at, id) WHERE dead_code IS NULL;
    CREATE OR REPLACE FUNCTION ${wake}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('${channel.replaceAll("'", "''")}', '');
        RETURN NULL;
      END
    $$;
    DROP TRIGGER IF EXISTS wake ON ${quoteName(table)};
    CREATE TRIGGER wake AFTER INSERT ON ${quoteName(table)} FOR EACH STATEMENT EXECUTE FUNCTION ${wake}();
  `
}
