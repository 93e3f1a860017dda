import { isPlain } from './data.ts'

/** What has no canonical text, and where in the value it stands. */
export class NoCanonicalText extends Error {
  constructor(
    readonly path: string,
    readonly found: string,
  ) {
    super(`${path} is ${found}`)
  }
}

/** Deeper data refers to itself, or is no key. */
const maxDepth = 64

/**
 * One text for all values that are alike: the order of an object's fields makes no difference, nor do fields that are
 * undefined; the types of values do.
 *
 * @throws {@link NoCanonicalText} for functions, symbols, class instances and what refers to itself.
 */
export function canonical(value: unknown, path = '', depth = 0): string {
  if (depth > maxDepth) throw new NoCanonicalText(path, 'nested too deep')
  const inside = (item: unknown, step: string | number) => canonical(item, `${path}.${step}`, depth + 1)
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : ofObject(value, path, inside)
    default:
      throw new NoCanonicalText(path, `a ${typeof value}`)
  }
}

type Inside = (item: unknown, step: string | number) => string

function ofObject(value: object, path: string, inside: Inside): string {
  if (Array.isArray(value)) return `[${value.map(inside).join()}]`
  if (value instanceof Date) return `D${value.getTime()}`
  if (value instanceof Map) return `M${inside([...value], 'entries')}`
  if (value instanceof Set) return `S${inside([...value], 'values')}`
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = [...(value as unknown as Iterable<number | bigint>)]
    return `${value.constructor.name}[${numbers.join()}]`
  }
  if (!isPlain(value))
    throw new NoCanonicalText(path, `an instance of ${value.constructor?.name ?? 'no class'}`)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const texts = fields.map(([name, field]) => `${JSON.stringify(name)}:${inside(field, name)}`)
  return `{${texts.sort().join()}}`
}
