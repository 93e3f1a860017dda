import { createHmac, timingSafeEqual } from 'node:crypto'
import { LiverootError } from '../errors.ts'

/** What a signature is checked against: the bytes as they came, and the headers. */
export interface SignedRequest {
  readonly body: Uint8Array
  readonly headers: Headers
}

/** Checks that a request comes from who may send it. Throws, or returns false (`bad_signature`), where it does not. */
export type VerifyRequest = (request: SignedRequest) => boolean | undefined | PromiseLike<boolean | undefined>

type Secret = string | Uint8Array

/** What a header of a signature says. */
export interface SignatureHeader {
  /** Any of them may be the one. */
  readonly signatures: readonly string[]
  /** When it was signed, in seconds since 1970, as it is in the header. */
  readonly timestamp?: string | undefined
}

/** What {@link verifyHmac} takes. */
export interface HmacOptions {
  /** The secret shared with the sender; several while one takes the place of another. */
  readonly secret: Secret | readonly Secret[]
  /** The header that holds the signature. */
  readonly header: string
  /** `sha256` by default, or another hash of `node:crypto`. */
  readonly algorithm?: string
  /** How the signature is written: `hex` by default. */
  readonly encoding?: 'hex' | 'base64' | 'base64url'
  /** What stands before the signature in the header, such as `sha256=`. Nothing by default. */
  readonly prefix?: string
  /** Takes the header apart where it holds more than a signature. */
  readonly parse?: (header: string) => SignatureHeader
  /** The header that holds the time, in seconds since 1970, where it is not in that of the signature. */
  readonly timestampHeader?: string
  /** What was signed. The body by default, or `<timestamp>.<body>` where there is a timestamp. */
  readonly signed?: (request: SignedRequest, timestamp: string | undefined) => string | Uint8Array
  /** How far the time of the signature may be from now, where it has one: what is older is sent again by somebody. 300,000. */
  readonly toleranceMs?: number
}

/**
 * Makes a check of an HMAC signature for the `verify` of `httpHook`. Signatures are compared in constant time.
 *
 * @returns the check. It throws `bad_signature` or `stale_signature`: both are answered with 401.
 */
export function verifyHmac(options: HmacOptions): VerifyRequest {
  const secrets = Array.isArray(options.secret) ? options.secret : [options.secret as Secret]
  return (request) => {
    const { signatures, timestamp } = readHeader(request, options)
    const content = contentOf(request, timestamp, options)
    const valid = secrets.some((secret) => {
      const wanted = createHmac(options.algorithm ?? 'sha256', secret)
        .update(content)
        .digest()
      return signatures.some((text) => isSame(wanted, Buffer.from(text, options.encoding ?? 'hex')))
    })
    if (!valid) throw new LiverootError('bad_signature')
    // Only now: whoever has no secret learns nothing of the clock.
    if (timestamp !== undefined) checkTime(timestamp, options.toleranceMs ?? 300_000)
    return true
  }
}

function readHeader(
  { headers }: SignedRequest,
  { header, prefix = '', parse, timestampHeader }: HmacOptions,
): SignatureHeader {
  const text = headers.get(header)
  if (text === null) throw new LiverootError('bad_signature', `The request has no header "${header}".`)
  const timestamp = timestampHeader === undefined ? undefined : (headers.get(timestampHeader) ?? '')
  if (parse !== undefined) return { timestamp, ...parse(text) }
  return { signatures: text.startsWith(prefix) ? [text.slice(prefix.length)] : [], timestamp }
}

function contentOf(
  request: SignedRequest,
  timestamp: string | undefined,
  { signed }: HmacOptions,
): string | Uint8Array {
  if (signed !== undefined) return signed(request, timestamp)
  return timestamp === undefined ? request.body : Buffer.concat([Buffer.from(`${timestamp}.`), request.body])
}

function isSame(wanted: Buffer, given: Buffer): boolean {
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

function checkTime(timestamp: string, toleranceMs: number): void {
  const atMs = Number(timestamp) * 1_000
  if (timestamp === '' || !(Math.abs(Date.now() - atMs) <= toleranceMs))
    throw new LiverootError('stale_signature')
}
