import { randomBytes } from 'node:crypto'

/** Nobody guesses it: whoever has it is taken for the session's browser. */
export function createSessionToken(): string {
  return randomBytes(24).toString('base64url')
}
