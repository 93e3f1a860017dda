import type { Hole } from '../../live/template.ts'

/**
 * The key that a hole's element carries. A later instance in the same hole gets a key of its own, so that the browser
 * starts afresh where the server did. The author's own keys are told apart by doubling the mark.
 */
export function wireKey({ key, path }: Hole, generation: number): string | null {
  if (generation === 0) return elementKey(key)
  return `${key === null ? `~${escapeMark(placeOf(path))}` : escapeMark(key)}~${generation}`
}

/** Tells a hole without a key from its neighbours: the last steps of its path, and in data the field before. */
function placeOf(path: string): string {
  return path.slice(path.lastIndexOf('.', path.lastIndexOf('.') - 1) + 1)
}

/** The author's key of an element that is not a hole: it may have holes for neighbours. */
export function elementKey(key: string | null): string | null {
  return key === null ? null : escapeMark(key)
}

function escapeMark(text: string): string {
  return text.includes('~') ? text.replaceAll('~', '~~') : text
}
