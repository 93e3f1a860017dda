import { encodeReply } from 'react-server-dom-webpack/client.browser'
import { LiverootError } from '../errors.ts'
import { dataMark, functionMark, liveMark } from '../protocol/argument-marks.ts'
import { eventMark } from '../protocol/live-event.ts'
import type { FileMark } from '../protocol/uploads.ts'
import { isEvent, isSerializedEvent, preventNavigation, serializeEvent } from './events.ts'
import { isLive } from './live-value.ts'
import { mapContent } from './map-content.ts'
import { knownFunction } from './server-function.ts'

/**
 * Arguments as plain data, taken when the call is made: events must be read while they are being dispatched, for the
 * browser clears and reuses them.
 */
export function captureArguments(args: readonly unknown[]): unknown[] {
  try {
    return args.map(captureArgument)
  } catch (error) {
    // Data that refers to itself has no end.
    throw error instanceof RangeError ? new LiverootError('arguments_too_deep') : error
  }
}

function captureArgument(argument: unknown): unknown {
  if (isSerializedEvent(argument)) return argument
  if (isEvent(argument)) {
    preventNavigation(argument)
    return serializeEvent(argument)
  }
  return isLive(argument) ? { [liveMark]: mark(argument.value) } : mark(argument)
}

/**
 * Puts marks in the place of functions of the server, and around data that looks like a mark; what else there is,
 * React's encoder takes or refuses.
 */
function mark(argument: unknown): unknown {
  return mapContent(argument, (node) => {
    if (typeof node === 'function') return markFunction(node)
    if (typeof node !== 'object' || node === null || !looksLikeMark(node)) return node
    return {
      [dataMark]: Object.fromEntries(Object.entries(node).map(([name, field]) => [name, mark(field)])),
    }
  })
}

function markFunction(own: object): unknown {
  const found = knownFunction(own)
  if (found === undefined) return own
  const { reference, owner } = found
  const { root, seen } = owner.place(reference)
  const { slot, path, bound } = reference
  const name = [root, seen, slot, path]
  return { [functionMark]: bound.length === 0 ? name : [...name, bound.map(mark)] }
}

const marks = [eventMark, functionMark, liveMark, dataMark]

function looksLikeMark(value: object): boolean {
  return marks.some((each) => Object.hasOwn(value, each))
}

/** The arguments as text, at once, where they read the same by JSON as in React's reply format; null where they may not. */
export function encodePlain(args: readonly unknown[]): string | null {
  if (!isPlain(args, plainDepth)) return null
  const text = JSON.stringify(args)
  // In a reply a string that begins with a `$` says what kind of value it stands for.
  return text.includes('"$') ? null : text
}

/** Enough for an event. What is deeper may also be cyclic, and is React's to look at. */
const plainDepth = 4

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean'
  if (value === null) return true
  if (depth === 0) return false
  const isData = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (!isData || 'toJSON' in value) return false
  return Object.values(value).every((field) => isPlain(field, depth - 1))
}

/** Sends the bytes of files, and resolves to the marks that stand for them among the parts of a reply. */
export type SendFiles = (files: readonly Blob[]) => Promise<readonly FileMark[]>

/**
 * The arguments of a call as text: React's reply format, whose parts, where it has several, make one JSON object.
 * Files are sent before, and marks stand in their place.
 */
export async function encodeArguments(args: readonly unknown[], sendFiles: SendFiles): Promise<string> {
  const reply = await encodeReply(args)
  if (typeof reply === 'string') return reply
  const files = [...reply.values()].filter((part) => typeof part !== 'string')
  const marks = [...(files.length === 0 ? [] : await sendFiles(files))]
  const entries = [...reply].map(([name, part]): [string, unknown] => {
    return [name, typeof part === 'string' ? part : marks.shift()]
  })
  return JSON.stringify(partsOf(entries))
}

/** Fields of a form may have several values: those parts are arrays. */
function partsOf(entries: readonly [string, unknown][]): Record<string, unknown> {
  const parts: Record<string, unknown> = {}
  for (const [name, part] of entries) {
    const before = parts[name]
    if (before === undefined) parts[name] = part
    else parts[name] = Array.isArray(before) ? [...before, part] : [before, part]
  }
  return parts
}

/** True where a reply has files in it, so that encoding it takes as long as they take to send. */
export function hasFiles(args: readonly unknown[]): boolean {
  let found = false
  for (const argument of args) {
    mapContent(argument, (node) => {
      found ||= isBytes(node) || (node instanceof FormData && [...node.values()].some(isFile))
      return node
    })
  }
  return found
}

/** What React's encoder makes a file of. */
function isBytes(node: unknown): boolean {
  return node instanceof Blob || node instanceof ArrayBuffer || ArrayBuffer.isView(node)
}

function isFile(value: FormDataEntryValue): boolean {
  return typeof value !== 'string'
}
