import type { Node } from 'estree'

/** The nodes right below one of a syntax tree. */
export function* childrenOf(node: Node): Iterable<Node> {
  for (const value of fieldsOf(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield child
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** Where webpack has a native parser, the fields of a node are read from its result when they are asked for. */
function* fieldsOf(node: Node): Iterable<unknown> {
  yield* Object.values(node)
  const prototype: object = Object.getPrototypeOf(node)
  if (prototype === Object.prototype) return
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (get !== undefined) yield (node as unknown as Record<string, unknown>)[name]
  }
}
