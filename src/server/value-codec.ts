import { DevalueError, parse, stringify } from 'devalue'
import { LiverootError } from '../errors.ts'

/**
 * Writes a value that leaves the process (a message of a topic, a snapshot) as text. What JSON carries, `undefined`,
 * `NaN`, BigInt, Date, RegExp, URL, Map, Set, typed arrays, sparse arrays, and values that refer to each other or to
 * themselves. A Buffer comes back as a `Uint8Array`.
 *
 * @throws `value_not_serializable` for functions, symbols, promises and class instances, with where and what in the
 *   message, and as `details`: {@link Unserializable}.
 */
export function encodeValue(value: unknown): string {
  switch (typeof value) {
    // Most state is this, and the library takes several times as long for it. The format is the same.
    case 'string':
      return `[${JSON.stringify(value)}]`
    case 'boolean':
      return value ? '[true]' : '[false]'
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return `[${value}]`
  }
  try {
    return stringify(value, { subclass: refuseSubclass })
  } catch (error) {
    throw refusal(error)
  }
}

/** The value of a text that {@link encodeValue} wrote. */
export function decodeValue(text: string): unknown {
  return parse(text)
}

/** What of a value cannot leave the process, in the `details` of `value_not_serializable`. */
export interface Unserializable {
  /** The way from the value to it, such as `.items[3].save`; empty where it is the value itself. */
  readonly path: string
  /** Such as `a function` or `an instance of Money`. */
  readonly what: string
}

const builtIn = new Set(['Array', 'Map', 'Set', 'Date', 'RegExp', 'URL', 'URLSearchParams'])

/** The library would write them as what they extend, and they would come back as that. */
function refuseSubclass(value: unknown): undefined {
  if (typeof value !== 'object' || value === null) return
  const prototype: object | null = Object.getPrototypeOf(value)
  // Not compared with `Object.prototype`: values may come from another realm.
  const above: object | null = prototype && Object.getPrototypeOf(prototype)
  if (above === null || Object.getPrototypeOf(above) === null) return
  if (builtIn.has(Object.prototype.toString.call(value).slice(8, -1))) throw new Subclass(value)
}

class Subclass {
  constructor(readonly value: object) {}
}

function refusal(error: unknown): LiverootError {
  const { path = '', value } = error as Partial<DevalueError>
  const known = error instanceof DevalueError || error instanceof Subclass
  const details: Unserializable = {
    path: path.replace(/\.\$\$typeof$/, ''),
    what: known ? describe(value, path) : 'nested too deeply, or throws when it is read',
  }
  const where = details.path === '' ? 'The value' : `\`${details.path}\``
  return new LiverootError('value_not_serializable', `${where} is ${details.what}.`, {
    cause: error,
    details,
  })
}

function describe(value: unknown, path: string): string {
  if (typeof value === 'function') return /^class\b/.test(`${value}`) ? 'a class' : 'a function'
  if (typeof value === 'symbol') return path.endsWith('$$typeof') ? 'a React element' : 'a symbol'
  if (typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function') return 'a promise'
  const prototype: object | null = value === undefined ? null : Object.getPrototypeOf(value)
  const name = prototype?.constructor?.name
  if (name !== undefined && name !== 'Object') return `an instance of ${name}`
  return 'an object with symbols or `__proto__` for keys'
}
