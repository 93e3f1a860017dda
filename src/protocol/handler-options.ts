/** When a handler is called, and what the browser does beside. As `on` takes them, but for `capture`: React has props for that. */
export interface HandlerOptions {
  readonly prevent?: boolean | undefined
  readonly stop?: boolean | undefined
  readonly once?: boolean | undefined
  readonly passive?: boolean | undefined
  readonly latest?: boolean | undefined
  readonly files?: boolean | undefined
  readonly debounceMs?: number | undefined
  readonly throttleMs?: number | undefined
  readonly keys?: readonly string[] | undefined
}

const flags = { prevent: 'p', stop: 's', once: 'o', passive: 'v', latest: 'l', files: 'f' } as const
const times = { debounceMs: 'd', throttleMs: 't' } as const
const key = 'k'

type Flag = keyof typeof flags
type Time = keyof typeof times

/**
 * Options as they travel with the function: words, apart by spaces. A flag is one letter, with a `-` where it is false; a
 * time is a letter and milliseconds; each key is a `k` and its name. Equal options are equal texts.
 */
export function writeOptions(options: HandlerOptions): string {
  const words: string[] = []
  for (const name of Object.keys(flags) as Flag[]) {
    const value = options[name]
    if (value !== undefined) words.push(value ? flags[name] : `${flags[name]}-`)
  }
  for (const name of Object.keys(times) as Time[]) {
    const value = options[name]
    if (value !== undefined) words.push(times[name] + value)
  }
  for (const name of options.keys ?? []) words.push(key + name)
  return words.join(' ')
}

/** The options of a text that {@link writeOptions} made. */
export function readOptions(text: string): HandlerOptions {
  const options: Record<string, unknown> = {}
  const keys: string[] = []
  for (const word of text.split(' ')) {
    if (word.startsWith(key)) keys.push(word.slice(1))
    for (const name of Object.keys(flags) as Flag[]) {
      if (word === flags[name] || word === `${flags[name]}-`) options[name] = word.length === 1
    }
    for (const name of Object.keys(times) as Time[]) {
      if (word.startsWith(times[name])) options[name] = Number(word.slice(1))
    }
  }
  return keys.length === 0 ? options : { ...options, keys }
}
