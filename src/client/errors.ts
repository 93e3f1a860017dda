import { type ErrorCode, LiverootError, UserError } from '../errors.ts'
import type { Body, ErrorBody } from '../protocol/messages.ts'

/** The error that a message of the server describes. */
export function errorFrom(body: Body): LiverootError {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const { code, digest, message, details } = JSON.parse(text) as ErrorBody
  if (code === 'user_error') return new UserError(message ?? '', details)
  return new LiverootError(code as ErrorCode, message, {
    details,
    ...(digest === undefined ? {} : { digest }),
  })
}
