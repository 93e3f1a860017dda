import { createHash } from 'node:crypto'

/** What a session is called in its store: whoever reads the store does not learn the token by it. */
export function storeKey(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 32)
}
