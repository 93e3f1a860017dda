import { Handler, TemplateElement, type TemplateNode } from './template.ts'

/**
 * What the elements are that a handler stands in, from the outermost of its slot to its own; null where the template has no
 * handler of that path. Paths do not have it, for they travel with every call.
 */
export function handlerPlace(node: TemplateNode, path: string): string | null {
  if (typeof node !== 'object' || node === null) return null
  if (node instanceof Handler) return node.path === path ? '' : null
  if (node instanceof TemplateElement) {
    // Nothing below it is a handler.
    if (node.source !== null) return null
    const inside = firstPlace(Object.values(node.props), path)
    return inside === null ? null : `${nameOf(node)}>${inside}`
  }
  if (Array.isArray(node) || node instanceof Set) return firstPlace(node as Iterable<TemplateNode>, path)
  if (node instanceof Map) return firstPlace([...node].flat(), path)
  return Object.getPrototypeOf(node) === Object.prototype ? firstPlace(Object.values(node), path) : null
}

function firstPlace(nodes: Iterable<TemplateNode>, path: string): string | null {
  for (const node of nodes) {
    const place = handlerPlace(node, path)
    if (place !== null) return place
  }
  return null
}

/** A checkbox and a text field are the same element to React, and different things to the user; so are lists of one and of many. */
function nameOf({ type, props }: TemplateElement): string {
  if (type === 'input') return `input:${props.type ?? 'text'}`
  if (type === 'select' && props.multiple) return 'select:multiple'
  if (typeof type === 'string') return type
  return (type as { $$id?: string }).$$id ?? String((type as { description?: string }).description)
}
