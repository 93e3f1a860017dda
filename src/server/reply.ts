import { decodeReply } from '#flight-server'
import { LiverootError } from '../errors.ts'
import { checkTextDepth } from './argument-depth.ts'

// Bounds of what costs React's decoder far more than its text is long. They are far above what pages send.

/** Parts of one reply: a Map, a Set, a promise, a file, an entry of a FormData, a value of a stream is one each. */
const maxParts = 1_000
/** What values that stand in several places may add to what was sent. */
const maxShared = 20_000

/** Signs in a reply, by what they make. One that hides behind escapes counts too. */
const costly = [
  { sign: /(?<!\\)"(?:\$[RrXxK\\]|\\u0024)/g, most: 64, what: 'streams and FormDatas' },
  { sign: /(?<!\\)"(?:\$[\da-fCEFQWih@\\]|\\u0024)/g, most: 2_000, what: 'references' },
]

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
export function readParts(text: string, maxDepth: number, fileOf: (mark: unknown) => Blob): FormData {
  const form = new FormData()
  const parts = text.startsWith('{') ? namedParts(text) : [['0', text] as const]
  checkCost(parts)
  for (const [name, part] of parts) {
    if (typeof part === 'string') {
      checkTextDepth(part, maxDepth)
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

function checkCost(parts: readonly NamedPart[]): void {
  if (parts.length > maxParts)
    throw new LiverootError('bad_arguments', `A reply has at most ${maxParts} parts.`)
  for (const { sign, most, what } of costly) {
    let count = 0
    for (const [, part] of parts) if (typeof part === 'string') count += part.match(sign)?.length ?? 0
    if (count > most) throw new LiverootError('bad_arguments', `A reply has at most ${most} ${what}.`)
  }
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
