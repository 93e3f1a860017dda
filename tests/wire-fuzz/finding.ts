import { errorCodes } from '../../src/errors.ts'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { decodeDown } from '../../src/protocol/codec.ts'
import type { Body } from '../../src/protocol/messages.ts'

/** Something that must not happen, in one line and, where there is more, more. */
export interface Finding {
  readonly what: string
  readonly details?: string
}

const documented = new Set<number>([
  ...Object.values(closeCodes),
  // Of WebSocket itself: a broken frame, and a text that is none.
  1002,
  1006,
  1007,
])

export function closedWith(code: number): Finding | null {
  return documented.has(code) ? null : { what: `closed with ${code}, which is not documented` }
}

/** What is wrong with a message of the server, if anything is. */
export function wrongAnswer(body: Body): Finding | null {
  const message = decodeDown(body)
  if (message === null) return { what: 'a message that is not in the protocol', details: String(body) }
  if (!('body' in message) || message.body === undefined) return null
  const { type } = message
  if (!/Error$|^refusal$|^done$/.test(type)) return null
  try {
    const { code } = JSON.parse(String(message.body)) as { code: string }
    return Object.hasOwn(errorCodes, code) ? null : { what: `the code ${code}, which is not documented` }
  } catch {
    return { what: `a ${type} without a code`, details: String(message.body) }
  }
}
