import { errorCodes, LiverootError, UserError } from '../errors.ts'
import type { Body, ErrorBody } from '../protocol/messages.ts'

/** The error that a message of the server describes; `bad_payload` where it describes none. */
export function errorFrom(body: Body): LiverootError {
  const described = readError(body)
  if (described === null) return new LiverootError('bad_payload')
  const { code, digest, message, details } = described
  if (code === 'user_error') return new UserError(message ?? '', details)
  return new LiverootError(code, message, { details, ...(digest === undefined ? {} : { digest }) })
}

type Described = ErrorBody & { readonly code: keyof typeof errorCodes }

/** What the body of an error message says; null where that is nothing that one can say. */
export function readError(body: Body): Described | null {
  try {
    const described: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
    return Object.hasOwn(errorCodes, (described as ErrorBody).code) ? (described as Described) : null
  } catch {
    return null
  }
}

/**
 * What to say of an error that a payload led to: it was the server's, and has its digest, or it has a code, or nothing
 * sensible was sent (`bad_payload`).
 */
export function undecodable(error: unknown): Error {
  if (error instanceof LiverootError) return error
  if (error instanceof Error && 'digest' in error) return error
  return new LiverootError('bad_payload', undefined, { cause: error })
}
