import { errorCodes, LiverootError } from '../../src/errors.ts'

/** True for errors that the page is meant to hear of: with a code, or with the digest of the server's own error. */
export function isDocumented(error: unknown): boolean {
  if (error instanceof LiverootError) return Object.hasOwn(errorCodes, error.code)
  return error instanceof Error && 'digest' in error
}
