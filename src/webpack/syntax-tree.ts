import type { Node } from 'estree'

/** The nodes right below one of a syntax tree. */
export function* childrenOf(node: Node): Iterable<Node> {
  // Not `Object.values`: some parsers of webpack make children when they are read, by accessors that nodes inherit.
  for (const key in node) {
    const value: unknown = node[key as keyof Node]
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield child
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
