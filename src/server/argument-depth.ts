import { LiverootError } from '../errors.ts'

const quote = 34
const backslash = 92
const opening = new Set([91, 123])
const closing = new Set([93, 125])

/** Refuses text that is nested too deep before anything recurses into it. A text shorter than the bound cannot be. */
export function checkTextDepth(text: string, max: number): void {
  if (text.length <= max) return
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === backslash) i++
      else if (code === quote) inString = false
    } else if (code === quote) inString = true
    // The outermost array is that of the arguments themselves.
    else if (opening.has(code) && ++depth > max + 1) throw new LiverootError('arguments_too_deep')
    else if (closing.has(code)) depth--
  }
}

/**
 * Refuses decoded arguments whose parts refer to each other so that they are too deep, or have no end, or are more
 * values than `maxValues` when each is counted wherever it stands: whoever copies them would make that many.
 */
export function checkDepth(value: unknown, max: number, maxValues: number): void {
  // Parts may be shared: each one is measured once, or a small message could cost hours.
  const measured = new Map<object, Measure>()
  const measure = (node: unknown, depth: number): Measure => {
    if (typeof node !== 'object' || node === null) return leaf
    const known = measured.get(node)
    if (known === unfinished || depth + (known?.height ?? 0) > max + 1)
      throw new LiverootError('arguments_too_deep')
    if (known !== undefined) return known
    measured.set(node, unfinished)
    let height = 0
    let values = 1
    for (const item of contentsOf(node)) {
      const inner = measure(item, depth + 1)
      height = Math.max(height, inner.height + 1)
      values += inner.values
    }
    if (values > maxValues) throw new LiverootError('bad_arguments')
    const own = height === 0 ? leaf : { height, values }
    measured.set(node, own)
    return own
  }
  measure(value, 0)
}

interface Measure {
  readonly height: number
  readonly values: number
}

const leaf: Measure = { height: 0, values: 1 }
/** Whoever meets it is inside it. */
const unfinished: Measure = { height: 0, values: 0 }

function contentsOf(node: object): readonly unknown[] {
  if (Array.isArray(node)) return node
  if (node instanceof Map) return [...node].flat()
  if (node instanceof Set) return [...node]
  return Object.getPrototypeOf(node) === Object.prototype ? Object.values(node) : []
}
