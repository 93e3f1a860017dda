import type { RedisClientType } from 'redis'
import { loadPeer } from '../peer.ts'

/** A connection that ends when it breaks, and gives texts as bytes. */
export type RedisClient = Pick<RedisClientType, 'on' | 'destroy' | 'isOpen'> & {
  sendCommand(args: readonly (string | Buffer)[]): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** One entry of a stream. */
export interface StreamEntry {
  readonly id: string
  readonly fields: readonly (readonly [string, Buffer])[]
}

export const loadClient = () => loadPeer('redis', () => import('redis'))

export async function connectClient(url: string): Promise<RedisClient> {
  const { createClient, RESP_TYPES } = await loadClient()
  const client = createClient({
    url,
    RESP: 2,
    socket: { reconnectStrategy: false, connectTimeout: 10_000 },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
  client.on('error', () => {})
  await client.connect()
  return client as unknown as RedisClient
}

/** The entries of the first stream in the answer of `XREADGROUP`. Those deleted meanwhile have no fields. */
export function readEntries(reply: unknown): StreamEntry[] {
  const streams = reply as
    | readonly (readonly [unknown, readonly (readonly [Buffer, readonly Buffer[]])[]])[]
    | null
  const entries = streams?.[0]?.[1] ?? []
  return entries
    .filter((entry) => entry?.[1] != null)
    .map(([id, flat]) => ({ id: String(id), fields: pairs(flat) }))
}

function pairs(flat: readonly Buffer[]): [string, Buffer][] {
  const all: [string, Buffer][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) all.push([String(flat[i]), flat[i + 1] as Buffer])
  return all
}
