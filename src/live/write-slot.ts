import { diff, everyHole, type LossKeeper } from './diff.ts'
import { editsSize, sizeOf } from './size.ts'
import { type Slot, unsent } from './slot.ts'
import { pending, TemplateElement, type TemplateNode } from './template.ts'
import type { Write } from './writes.ts'

/** Patches shorter than this are sent without weighing them against the whole template. */
const smallPatch = 160

/** What is to be told of a slot in frame `sequence`; null where nothing is. `keeper` gets what a browser may still show. */
export function writeSlot(slot: Slot, sequence: number, keeper: LossKeeper): Write | null {
  const { node } = slot.output
  if (node === pending) return null
  const before = slot.sent
  const replaced = slot.takeReplaced(sequence)
  slot.sent = node
  if (before === unsent) return firstWrite(slot, node)
  if (before === node && replaced === null) return null
  const edits = diff(before, node, replaced, keeper)
  if (edits === null) return { slot, template: node }
  if (edits.length === 0) return null
  const size = editsSize(edits, Number.MAX_SAFE_INTEGER)
  return size > smallPatch && sizeOf(node, size) < size ? { slot, template: node } : { slot, edits }
}

/** A new slot is told from its neighbour where that takes fewer bytes than telling it whole. */
function firstWrite(slot: Slot, node: TemplateNode): Write {
  const { parent } = slot
  const like = parent?.lastWritten
  if (parent) parent.lastWritten = slot
  const whole = { slot, template: node }
  if (!like || !slot.tree.has(like) || !isSimilar(like.sent, node)) return whole
  const edits = diff(like.sent, node, everyHole)
  if (edits === null || edits.length === 0) return whole
  const size = editsSize(edits, Number.MAX_SAFE_INTEGER)
  return size < sizeOf(node, size) ? { slot, edits, like } : whole
}

function isSimilar(a: TemplateNode, b: TemplateNode): boolean {
  return a instanceof TemplateElement && b instanceof TemplateElement && a.type === b.type && a.key === b.key
}
