import { decodeReply } from '#flight-server'
import { LiverootError } from '../errors.ts'
import { ReceivedArgument } from '../live/live-argument.ts'
import { functionMark, liveMark } from '../protocol/argument-marks.ts'
import { checkDepth, checkTextDepth } from './argument-depth.ts'
import type { ServerFunction } from './server-functions.ts'

/** What decoding the arguments of a call asks of the session. */
export interface ArgumentHost {
  readonly maxArgumentDepth: number
  /** The file that a mark names; the call has it while it runs. Throws where it is not there. */
  file(call: number, mark: unknown): Blob
  /** The function of the live tree that a mark names. Throws where the browser does not have it on its screen. */
  functionOf(mark: unknown): ServerFunction
}

/** Longer arrays than this, all arrays of a call together, are refused before they are made. */
const arraySizeLimit = 20_000

/** Text that reads the same by JSON as by React's reply format, in which strings after a `$` mean something. */
function isPlain(text: string): boolean {
  return text.startsWith('[') && !text.includes('"$') && !text.includes('__proto__')
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
  checkTextDepth(text, host.maxArgumentDepth)
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
  const decoded = await decodeReply(replyOf(call, text, host), {}, { arraySizeLimit })
  checkDepth(decoded, host.maxArgumentDepth)
  return revive(decoded, text, host)
}

/** Arguments that take several parts (a Map, a promise, a file) come as a JSON object of them. */
function replyOf(call: number, text: string, host: ArgumentHost): string | FormData {
  if (!text.startsWith('{')) return text
  const form = new FormData()
  for (const [name, part] of Object.entries(parse(text) as Record<string, unknown>)) {
    for (const each of Array.isArray(part) ? part : [part]) {
      if (typeof each === 'string') form.append(name, each)
      else form.append(name, host.file(call, each))
    }
  }
  return form
}

function revive(decoded: unknown, text: string, host: ArgumentHost): unknown[] {
  if (!Array.isArray(decoded)) throw new LiverootError('bad_arguments')
  const withFunctions = text.includes(functionMark)
  return decoded.map((argument) => {
    const own = withFunctions ? reviveFunctions(argument, host) : argument
    return isMarked(own, liveMark) ? new ReceivedArgument(own[liveMark]) : own
  })
}

/** Functions of the server that the browser passes back: in their place stands a mark that says where they are from. */
function reviveFunctions(value: unknown, host: ArgumentHost): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isMarked(value, functionMark)) return reviveFunction(value[functionMark], host)
  if (Array.isArray(value)) return value.map((item) => reviveFunctions(item, host))
  if (value instanceof Map) return new Map(reviveFunctions([...value], host) as [unknown, unknown][])
  if (value instanceof Set) return new Set(reviveFunctions([...value], host) as unknown[])
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    // Not an assignment: the browser chose the names.
    Object.defineProperty(out, name, {
      value: reviveFunctions(field, host),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return out
}

function reviveFunction(mark: unknown, host: ArgumentHost): ServerFunction {
  if (!Array.isArray(mark)) throw new LiverootError('bad_arguments')
  const [, , , , bound] = mark as unknown[]
  const found = host.functionOf(mark)
  const first = Array.isArray(bound) ? bound.map((each) => reviveFunctions(each, host)) : []
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
