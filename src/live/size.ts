import { type Edit, listStep } from './diff.ts'
import { ListScript } from './list-script.ts'
import { Handler, Hole, TemplateElement, type TemplateNode } from './template.ts'

const holeSize = 16
const elementSize = 16
const leafSize = 12

/** Roughly how many bytes a node takes on the wire; stops counting at `limit`. Only good for comparing. */
export function sizeOf(node: TemplateNode, limit: number): number {
  if (typeof node === 'string') return node.length + 3
  if (typeof node === 'number') return 6
  if (typeof node !== 'object' || node === null) return leafSize
  if (node instanceof Hole) return holeSize + (node.key?.length ?? 0)
  if (node instanceof Handler) return 16 + node.path.length + node.options.length
  if (node instanceof TemplateElement) return elementSize + fieldsSize(node.props, limit)
  if (node instanceof ListScript) return scriptSize(node, limit)
  if (Array.isArray(node)) return sum(node, limit)
  return 2 + fieldsSize(node as Record<string, unknown>, limit)
}

/** The same for a list of edits. */
export function editsSize(edits: readonly Edit[], limit: number): number {
  let size = 0
  for (const { path, value } of edits) {
    for (const step of path)
      size += typeof step === 'number' ? 2 + (step === listStep ? 1 : 0) : step.length + 3
    size += sizeOf(value, limit - size) + 2
    if (size > limit) break
  }
  return size
}

function sum(nodes: readonly TemplateNode[], limit: number): number {
  let size = 2
  for (const node of nodes) {
    size += sizeOf(node, limit - size) + 1
    if (size > limit) break
  }
  return size
}

function fieldsSize(fields: Readonly<Record<string, TemplateNode>>, limit: number): number {
  let size = 0
  for (const name in fields) {
    size += name.length + 4 + sizeOf(fields[name], limit - size)
    if (size > limit) break
  }
  return size
}

function scriptSize(script: ListScript, limit: number): number {
  let size = 2
  for (const part of script.parts) {
    size += 'item' in part ? 3 + sizeOf(part.item, limit - size) : 8
    if (size > limit) break
  }
  return size
}
