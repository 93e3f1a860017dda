import type { Client, QueryResult, QueryResultRow } from 'pg'

/** The queries of one connection, one after the other: the client takes no next one before the last has ended. */
export class SerialQueries {
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly client: Client) {}

  run<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<QueryResult<Row>> {
    const next = this.last.then(() => this.client.query<Row>(text, values))
    this.last = next.catch(() => {})
    return next
  }
}
