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

/** Refuses decoded arguments whose parts refer to each other so that they are too deep, or have no end. */
export function checkDepth(value: unknown, max: number): void {
  // Parts may be shared: how deep each one is gets measured once, or a small message could cost hours.
  const heights = new Map<object, number>()
  const above = new Set<object>()
  const heightOf = (node: unknown, depth: number): number => {
    if (typeof node !== 'object' || node === null) return 0
    const known = heights.get(node)
    if (above.has(node) || depth + (known ?? 0) > max + 1) throw new LiverootError('arguments_too_deep')
    if (known !== undefined) return known
    above.add(node)
    let height = 0
    for (const item of contentsOf(node)) height = Math.max(height, heightOf(item, depth + 1) + 1)
    above.delete(node)
    heights.set(node, height)
    return height
  }
  heightOf(value, 0)
}

function contentsOf(node: object): readonly unknown[] {
  if (Array.isArray(node)) return node
  if (node instanceof Map) return [...node].flat()
  if (node instanceof Set) return [...node]
  return Object.getPrototypeOf(node) === Object.prototype ? Object.values(node) : []
}
