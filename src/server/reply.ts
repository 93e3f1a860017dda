import { decodeReply } from '#flight-server'
import { LiverootError } from '../errors.ts'
import { checkTextDepth } from './argument-depth.ts'
import type { LiveLimits } from './limits.ts'

/** What bounds the arguments of a call. */
export type ArgumentLimits = Pick<
  LiveLimits,
  'maxArgumentDepth' | 'maxArgumentParts' | 'maxArgumentStreams' | 'maxArgumentReferences'
>

/** What values that stand in several places may add to what was sent. */
const maxShared = 20_000

/**
 * Signs in a reply of what costs React's decoder far more than its text is long, by what they make. One that hides behind
 * escapes counts too.
 */
const costly = [
  { sign: /(?<!\\)"(?:\$[RrXxK\\]|\\u0024)/g, limit: 'maxArgumentStreams' },
  { sign: /(?<!\\)"(?:\$[\da-fCEFQWih@\\]|\\u0024)/g, limit: 'maxArgumentReferences' },
] as const

/** The values in a text are fewer than its characters; more of them are the same ones, named again and again. */
export function maxValues(text: string): number {
  return text.length + maxShared
}

/**
 * The parts of a reply, which come as a JSON object of them where it is more than one text.
 *
 * @param fileOf the file that a mark among them names.
 * @throws `bad_arguments`, `arguments_too_deep`; what `fileOf` throws.
 */
export function readParts(text: string, limits: ArgumentLimits, fileOf: (mark: unknown) => Blob): FormData {
  const form = new FormData()
  const parts = text.startsWith('{') ? namedParts(text) : [['0', text] as const]
  checkCost(parts, limits)
  for (const [name, part] of parts) {
    if (typeof part === 'string') {
      checkTextDepth(part, limits.maxArgumentDepth)
      form.append(name, part)
    } else form.append(name, fileOf(part))
  }
  return form
}

type NamedPart = readonly [name: string, part: unknown]

function namedParts(text: string): readonly NamedPart[] {
  const entries = Object.entries(parseObject(text))
  return entries.flatMap(([name, part]) => {
    return Array.isArray(part) ? part.map((each): NamedPart => [name, each]) : [[name, part] as const]
  })
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiverootError('bad_arguments')
  }
}

function checkCost(parts: readonly NamedPart[], limits: ArgumentLimits): void {
  if (parts.length > limits.maxArgumentParts) throw tooMany('maxArgumentParts')
  for (const { sign, limit } of costly) {
    let count = 0
    for (const [, part] of parts) if (typeof part === 'string') count += part.match(sign)?.length ?? 0
    if (count > limits[limit]) throw tooMany(limit)
  }
}

function tooMany(limit: keyof ArgumentLimits): LiverootError {
  return new LiverootError('bad_arguments', `The arguments of a call have more than \`${limit}\` allows.`)
}

/**
 * What the parts stand for, by React's decoder, and then by `finish`. At once, where no bytes of files have to be read:
 * what it costs counts for the connection that sent it.
 */
export function decodeParts<T>(form: FormData, finish: (decoded: unknown) => T): Promise<T> {
  let size = maxShared
  for (const part of form.values()) size += typeof part === 'string' ? part.length : part.size
  return new Promise((resolve, reject) => {
    const onDecoded = (decoded: unknown) => {
      try {
        resolve(finish(decoded))
      } catch (error) {
        reject(error)
      }
    }
    withoutStacks(() => decodeReply(form, {}, { arraySizeLimit: size }).then(onDecoded, reject))
  })
}

/** React makes an error for each reference that is wrong. With a stack each, one message could keep us for a while. */
function withoutStacks(run: () => void): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    run()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
