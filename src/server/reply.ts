import { decodeReply } from '#flight-server'
import { LiverootError } from '../errors.ts'
import { checkTextDepth } from './argument-depth.ts'

// Bounds of what costs React's decoder far more than its text is long. They are far above what pages send.

/** Parts of one reply: a Map, a Set, a promise, a file, an entry of a FormData, a value of a stream is one each. */
const maxParts = 1_000
/** Streams in one reply. */
const maxStreams = 64
/** What values that stand in several places may add to what was sent. */
const maxShared = 20_000

/** The sign of a stream. One that hides behind escapes counts too. */
const streamSign = /(?<!\\)"(?:\$(?:[RrXx]|\\u)|\\u0024)/g

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
  if (!text.startsWith('{')) {
    checkStreams(text)
    form.append('0', text)
    return form
  }
  let count = 0
  for (const [name, part] of Object.entries(parseObject(text))) {
    for (const each of Array.isArray(part) ? part : [part]) {
      if (++count > maxParts)
        throw new LiverootError('bad_arguments', `A reply has at most ${maxParts} parts.`)
      if (typeof each !== 'string') form.append(name, fileOf(each))
      else {
        checkTextDepth(each, maxDepth)
        checkStreams(each)
        form.append(name, each)
      }
    }
  }
  return form
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    throw new LiverootError('bad_arguments')
  }
}

function checkStreams(text: string): void {
  if ((text.match(streamSign)?.length ?? 0) <= maxStreams) return
  throw new LiverootError('bad_arguments', `The arguments of a call have at most ${maxStreams} streams.`)
}

/** What the parts stand for, by React's decoder, at once: what it costs counts for the connection that sent it. */
export function decodeParts(form: FormData): Promise<unknown> {
  let size = maxShared
  for (const part of form.values()) size += typeof part === 'string' ? part.length : part.size
  return new Promise((resolve, reject) => {
    withoutStacks(() => decodeReply(form, {}, { arraySizeLimit: size }).then(resolve, reject))
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
