import { randomBytes } from 'node:crypto'
import { type ErrorCode, errorCodes, LiverootError } from '../errors.ts'
import type { ErrorBody } from '../protocol/messages.ts'

const development = process.env.NODE_ENV !== 'production'

/** Where an error came up, for the application's log. */
export interface ErrorContext {
  /** Names the error to the browser that met it, and here. */
  readonly digest: string
  readonly code: ErrorCode
  /** The route of the live root, the path of the hook, or the name of the source. */
  readonly route?: string | undefined
  /** React's component stack, where a component threw. */
  readonly componentStack?: string | undefined
}

/** The application's listener for errors that it did not catch itself. */
export type OnError = (error: unknown, context: ErrorContext) => void

/** The listener where the application gives none: the console. */
export const logError: OnError = (error, { code, digest, route, componentStack }) => {
  console.error(
    `Liveroot: ${code} (digest ${digest})${route === undefined ? '' : ` at ${route}`}`,
    error,
    componentStack ?? '',
  )
}

/**
 * Reports an error of the application's code and makes what the browser may know of it: a digest always, the message
 * only in development. What was thrown for the browser to know goes there as it is, and is not reported.
 */
export function describeError(
  error: unknown,
  code: ErrorCode,
  onError: OnError,
  where: { route?: string | undefined; componentStack?: string | undefined } = {},
): ErrorBody {
  const told = toldElsewhere.get(error as object)
  if (told !== undefined) return told
  if (isForTheBrowser(error)) return refusalOf(error.code, error.message, error.details)
  const digest = reportError(error, code, onError, where)
  return { code, digest, ...(development ? { message: messageOf(error) } : {}) }
}

/** Reports an error that nobody is told of but the application; returns what names it in the log. */
export function reportError(
  error: unknown,
  code: ErrorCode,
  onError: OnError,
  where: { route?: string | undefined; componentStack?: string | undefined } = {},
): string {
  const digest = ownDigest(error) ?? randomBytes(5).toString('hex')
  if (!isReported(error)) report(error, { digest, code, ...where }, onError)
  return digest
}

function report(error: unknown, context: ErrorContext, onError: OnError): void {
  try {
    onError(error, context)
  } catch (failure) {
    logError(failure, context)
  }
}

const reported = new WeakSet<object>()
/** What another server made of errors of its own. */
const toldElsewhere = new WeakMap<object, ErrorBody>()

/** An error that another server reported: browsers here are told what those there are. */
export function errorOf(body: ErrorBody): LiverootError {
  const { code, message, digest, details } = body
  const error = new LiverootError(code as ErrorCode, message, {
    details,
    ...(digest === undefined ? {} : { digest }),
  })
  reported.add(error)
  toldElsewhere.set(error, body)
  return error
}

function isReported(error: unknown): boolean {
  return typeof error === 'object' && error !== null && reported.has(error)
}

/**
 * An error that was reported once, to be thrown in several places: in each it is the same error, with the same digest,
 * and it is not reported again.
 */
export function reportedAs(error: unknown, { digest }: ErrorBody): unknown {
  if (isForTheBrowser(error)) return error
  const made = new LiverootError('root_failed', messageOf(error), {
    cause: error,
    ...(digest === undefined ? {} : { digest }),
  })
  reported.add(made)
  return made
}

function isForTheBrowser(error: unknown): error is LiverootError {
  return error instanceof LiverootError && (error.code === 'user_error' || error.code === 'invalid_arguments')
}

/** What the browser is told when it was the browser that broke a rule: the rule is no secret. */
export function refusalOf(
  code: ErrorCode,
  message: string = errorCodes[code].meaning,
  details?: unknown,
): ErrorBody {
  return { code, message, ...(details === undefined ? {} : { details }) }
}

function ownDigest(error: unknown): string | undefined {
  const digest = (error as { digest?: unknown } | null)?.digest
  return typeof digest === 'string' ? digest : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
