import { type ReactNode, useEffect, useState } from 'react'

type Ask = (value: number) => Promise<unknown>

/** The functions that the pages of this process were given last, by client and name. */
export const asks = new Map<string, Record<string, Ask>>()

/** Gives the functions of a client's page to its script. */
export function calls({ client, ...given }: { client: string } & Record<string, unknown>): ReactNode {
  useEffect(() => {
    asks.set(client, { ...asks.get(client), ...(given as Record<string, Ask>) })
  })
  return null
}

/** State of the browser alone: it must outlive every connection and every server. */
export function CountHere(): ReactNode {
  const [n, setN] = useState(0)
  return (
    <button type="button" className="here" onClick={() => setN(n + 1)}>
      {n} here
    </button>
  )
}
