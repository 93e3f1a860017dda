import { type ErrorCode, LiverootError } from '../errors.ts'
import type { Body, ErrorBody } from '../protocol/messages.ts'

/** The error that a message of the server describes. */
export function errorFrom(body: Body): LiverootError {
  const { code, digest, message } = parse(body)
  return new LiverootError(code, message, digest === undefined ? {} : { digest })
}

function parse(body: Body): { code: ErrorCode; digest?: string; message?: string } {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const { code, digest, message } = JSON.parse(text) as ErrorBody
  return {
    code: code as ErrorCode,
    ...(digest === undefined ? {} : { digest }),
    ...(message === undefined ? {} : { message }),
  }
}
