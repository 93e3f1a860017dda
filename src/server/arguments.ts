import { LiverootError } from '../errors.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import { dataMark, functionMark, liveMark } from '../protocol/argument-marks.ts'
import { checkDepth, checkTextDepth } from './argument-depth.ts'
import { type ArgumentLimits, decodeParts, maxValues, readParts } from './reply.ts'
import type { ServerFunction } from './server-functions.ts'

/** What decoding the arguments of a call asks of the session. */
export interface ArgumentHost {
  readonly limits: ArgumentLimits
  /** The file that a mark names; the call has it while it runs. Throws where it is not there. */
  file(call: number, mark: unknown): Blob
  /** The function of the live tree that a mark names. Throws where the browser does not have it on its screen. */
  functionOf(mark: unknown): ServerFunction
}

/**
 * Text that reads the same by JSON as by React's reply format, in which strings after a `$` mean something. Escapes
 * could spell what is looked for.
 */
function isPlain(text: string): boolean {
  return text.startsWith('[') && !text.includes('"$') && !text.includes('\\u') && !text.includes('__proto__')
}

/**
 * The arguments of a call. At once where they are plain, for that is what nearly all events are; by React's decoder
 * otherwise.
 *
 * @param call the number of the call, which has the files among its arguments while it runs.
 * @throws `bad_arguments`, `arguments_too_deep`, `upload_lost`, `not_on_screen`; or the promise rejects with them.
 */
export function decodeArguments(
  call: number,
  text: string | null,
  host: ArgumentHost,
): unknown[] | Promise<unknown[]> {
  if (text === null) return []
  checkTextDepth(text, host.limits.maxArgumentDepth)
  if (!isPlain(text)) return decodeByReact(call, text, host)
  return revive(parse(text), text, host)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiverootError('bad_arguments')
  }
}

async function decodeByReact(call: number, text: string, host: ArgumentHost): Promise<unknown[]> {
  const { limits } = host
  const parts = readParts(text, limits, (mark) => host.file(call, mark))
  return decodeParts(parts, (decoded) => {
    checkDepth(decoded, limits.maxArgumentDepth, maxValues(text))
    return revive(decoded, text, host)
  })
}

function revive(decoded: unknown, text: string, host: ArgumentHost): unknown[] {
  if (!Array.isArray(decoded)) throw new LiverootError('bad_arguments')
  const withMarks = text.includes(functionMark) || text.includes(dataMark)
  // Most calls have none, and nothing to copy.
  if (!withMarks && !text.includes(liveMark)) return decoded
  const revival = { host, copies: new Map() }
  return decoded.map((argument) => {
    // Unpacked when events are revived: it may look like one.
    if (isMarked(argument, dataMark)) return { [dataMark]: reviveFields(argument[dataMark], revival) }
    const own = withMarks ? reviveMarks(argument, revival) : argument
    return isMarked(own, liveMark) ? new ReceivedArgument(own[liveMark]) : own
  })
}

interface Revival {
  readonly host: ArgumentHost
  /** What stands in several places is copied once: copies for each place could be thousands of times what was sent. */
  readonly copies: Map<object, unknown>
}

/** Functions of the server that the browser passes back: in their place stands a mark that says where they are from. */
function reviveMarks(value: unknown, revival: Revival): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { copies } = revival
  if (!copies.has(value)) copies.set(value, reviveObject(value, revival))
  return copies.get(value)
}

function reviveObject(value: object, revival: Revival): unknown {
  if (isMarked(value, functionMark)) return reviveFunction(value[functionMark], revival)
  if (isMarked(value, dataMark)) return reviveFields(value[dataMark], revival)
  if (Array.isArray(value)) return value.map((item) => reviveMarks(item, revival))
  if (value instanceof Map) return new Map(reviveMarks([...value], revival) as [unknown, unknown][])
  if (value instanceof Set) return new Set(reviveMarks([...value], revival) as unknown[])
  return reviveFields(value, revival)
}

function reviveFields(value: unknown, revival: Revival): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    // Whoever awaits an object calls its `then`.
    if (name === 'then' && isMarked(field, functionMark)) throw new LiverootError('bad_arguments')
    // Not an assignment: the browser chose the names.
    Object.defineProperty(out, name, {
      value: reviveMarks(field, revival),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return out
}

function reviveFunction(mark: unknown, revival: Revival): ServerFunction {
  if (!Array.isArray(mark)) throw new LiverootError('bad_arguments')
  const [, , , , bound] = mark as unknown[]
  const found = revival.host.functionOf(mark)
  const first = Array.isArray(bound) ? bound.map((each) => reviveMarks(each, revival)) : []
  // Not the function itself: turned into text, by mistake, it would show its source to the browser.
  return Object.assign((...args: unknown[]) => found(...first, ...args), {
    toString: () => 'function of a live tree',
  })
}

function isMarked<Mark extends string>(value: unknown, mark: Mark): value is Record<Mark, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, mark)
}

/** The new value of a live argument. */
export async function decodeArgument(call: number, text: string, host: ArgumentHost): Promise<unknown> {
  const [value] = await decodeArguments(call, text, host)
  return value
}
