import type { ReactNode } from 'react'
import { ClientContext, type LiveClient } from './live-client.ts'

/** Gives the `LiveRoot`s inside a client of their own in place of the one of the page's server. */
export function LiveProvider({ client, children }: { client: LiveClient; children?: ReactNode }): ReactNode {
  return <ClientContext value={client}>{children}</ClientContext>
}
