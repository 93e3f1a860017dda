import { keyStep } from './path.ts'
import { classInstance, functionInData } from './refusals.ts'
import { isClientReference, isElement, type TemplateNode } from './template.ts'
import type { Walk } from './walk.ts'

/**
 * Walks a prop's value that is not a function: elements anywhere inside it are walked as elements, and data is copied
 * where the author might change it in place later, so that the next render can tell what changed.
 */
export function walkData(walk: Walk, prop: string, value: unknown, previous: TemplateNode): TemplateNode {
  if (typeof value === 'function') return refuseFunction(walk, prop, value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return walkArray(walk, prop, value, previous)
  if (isElement(value)) return walk.inData(value, previous)
  if (isClientReference(value)) return value
  if (isPlain(value)) return walkObject(walk, prop, value, previous)
  return walkInstance(walk, prop, value, previous)
}

function walkArray(
  walk: Walk,
  prop: string,
  value: readonly unknown[],
  previous: TemplateNode,
): TemplateNode {
  if (value.some(isElement) && value.every(isElementOrScalar)) return walk.list(value, previous)
  const before = Array.isArray(previous) ? (previous as TemplateNode[]) : undefined
  let same = before !== undefined && before.length === value.length
  const out = value.map((item, i) => {
    const name = isElement(item) && item.key !== null ? keyStep(item.key) : String(i)
    const walked = step(walk, prop, name, item, before?.[i])
    if (same && !Object.is(walked, before?.[i])) same = false
    return walked
  })
  return same ? before : out
}

function walkObject(
  walk: Walk,
  prop: string,
  value: Record<string, unknown>,
  previous: TemplateNode,
): TemplateNode {
  const before = isPlain(previous) ? previous : undefined
  const names = Object.keys(value)
  let same = before !== undefined && Object.keys(before).length === names.length
  const out: Record<string, TemplateNode> = {}
  for (const name of names) {
    const walked = step(walk, prop, name, value[name], before?.[name])
    if (same && !(before !== undefined && name in before && Object.is(walked, before[name]))) same = false
    // Not an assignment: data may well have a key called __proto__.
    Object.defineProperty(out, name, { value: walked, enumerable: true, writable: true, configurable: true })
  }
  return same ? before : out
}

function step(walk: Walk, prop: string, name: string, value: unknown, previous: TemplateNode): TemplateNode {
  if (typeof value !== 'object' || value === null) return walkData(walk, prop, value, previous)
  walk.enter(name, '@')
  const walked = walkData(walk, prop, value, previous)
  walk.leave()
  return walked
}

/** The built-in objects that Flight carries. Those that can be changed in place are copied. */
function walkInstance(walk: Walk, prop: string, value: object, previous: TemplateNode): TemplateNode {
  if (value instanceof Date) {
    return previous instanceof Date && previous.getTime() === value.getTime() ? previous : new Date(value)
  }
  if (value instanceof Map) return walkMap(walk, prop, value, previous)
  if (value instanceof Set) return walkSet(walk, prop, value, previous)
  if (ArrayBuffer.isView(value)) return copyView(value, previous)
  if (isCarried(value)) return value
  throw classInstance(walk.owner, prop, value)
}

function walkMap(
  walk: Walk,
  prop: string,
  value: Map<unknown, unknown>,
  previous: TemplateNode,
): TemplateNode {
  const before = previous instanceof Map ? [...previous] : undefined
  const entries = walkArray(walk, prop, [...value], before)
  return entries === before && before !== undefined ? previous : new Map(entries as [unknown, unknown][])
}

function walkSet(walk: Walk, prop: string, value: Set<unknown>, previous: TemplateNode): TemplateNode {
  const before = previous instanceof Set ? [...previous] : undefined
  const items = walkArray(walk, prop, [...value], before)
  return items === before && before !== undefined ? previous : new Set(items as unknown[])
}

function copyView(value: ArrayBufferView, previous: TemplateNode): TemplateNode {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (ArrayBuffer.isView(previous) && previous.constructor === value.constructor) {
    if (bytes.equals(Buffer.from(previous.buffer, previous.byteOffset, previous.byteLength))) return previous
  }
  const copy = new Uint8Array(bytes).buffer
  return value instanceof DataView
    ? new DataView(copy)
    : new (value.constructor as new (buffer: ArrayBuffer) => ArrayBufferView)(copy)
}

function isCarried(value: object): boolean {
  return (
    typeof (value as PromiseLike<unknown>).then === 'function' ||
    value instanceof ArrayBuffer ||
    value instanceof Error ||
    value instanceof FormData ||
    value instanceof Blob ||
    value instanceof ReadableStream ||
    Symbol.iterator in value ||
    Symbol.asyncIterator in value
  )
}

/** True for an object literal, the only kind of object whose fields can be patched one by one. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || (prototype !== null && Object.getPrototypeOf(prototype) === null)
}

function isElementOrScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isElement(value)
}

function refuseFunction(walk: Walk, prop: string, value: unknown): TemplateNode {
  if (isClientReference(value)) return value
  throw functionInData(walk.owner, prop)
}
