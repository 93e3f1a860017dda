import type { ReactElement } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import { type Edit, listStep } from '../../live/diff.ts'
import type { ListScript } from '../../live/list-script.ts'
import { Outlet, SharedPlace } from '../../live/shared-place.ts'
import type { Slot } from '../../live/slot.ts'
import { Handler, Hole, TemplateElement, type TemplateNode } from '../../live/template.ts'
import type { Batch, Write } from '../../live/writes.ts'
import { elementKey, wireKey } from './wire-key.ts'

/** A batch as what React's Flight writer takes: elements, client references and data. */
export function batchModel({ writes, gone, isPicture, treeName }: Batch): unknown[] {
  const model: unknown[] = writes.map(writeModel)
  if (isPicture) model.unshift(treeName === undefined ? [-2] : [-2, treeName])
  if (gone.length > 0) model.push([-1, ...gone])
  return model
}

function writeModel(write: Write): unknown[] {
  const { slot } = write
  if ('template' in write) return [slot.id, nodeModel(write.template, slot)]
  const edits = write.edits.flatMap((edit) => editModel(edit, slot))
  return write.like === undefined ? [slot.id, ...edits] : [slot.id, write.like.id, ...edits]
}

function editModel({ path, value }: Edit, slot: Slot): unknown[] {
  const isScript = path[path.length - 1] === listStep
  return [[...path], isScript ? scriptModel(value as ListScript, slot) : nodeModel(value, slot)]
}

function scriptModel({ parts }: ListScript, slot: Slot): unknown[] {
  return parts.flatMap((part) =>
    'item' in part ? [-1, nodeModel(part.item, slot)] : [part.start, part.count],
  )
}

function nodeModel(value: TemplateNode, slot: Slot): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof TemplateElement) return elementModel(value, slot)
  if (value instanceof Hole) return holeModel(value, slot)
  if (value instanceof Handler) return marker(null, handlerFields(value))
  if (Array.isArray(value)) return value.map((item) => nodeModel(item, slot))
  if (value instanceof Map) return new Map(nodeModel([...value], slot) as [unknown, unknown][])
  if (value instanceof Set) return new Set(nodeModel([...value], slot) as unknown[])
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) return value
  return fieldsModel(value as Record<string, TemplateNode>, slot)
}

function elementModel({ type, key, props }: TemplateElement, slot: Slot): ReactElement {
  if (type instanceof Outlet) return marker(elementKey(key), [-1, type.name])
  if (type instanceof SharedPlace) return marker(elementKey(key), fieldsModel(placeProps(type, props), slot))
  const fields = fieldsModel(props, slot)
  return (Array.isArray(fields.children) ? jsxs : jsx)(
    type as never,
    fields as never,
    elementKey(key) ?? undefined,
  )
}

function handlerFields({ path, options }: Handler): string[] {
  return options === '' ? [path] : [path, options]
}

function holeModel(hole: Hole, slot: Slot): ReactElement {
  return marker(wireKey(hole, slot.generationOf(hole.path)), [slot.idInHole(hole.path)])
}

/** The props of a shared tree's place: its number, under a name that no prop of the author's has, and the outlets'. */
export function placeProps(
  place: SharedPlace,
  props: Readonly<Record<string, TemplateNode>>,
): Readonly<Record<string, TemplateNode>> {
  return { '': place.id, ...props }
}

/**
 * An element of no type, which nothing else on the wire is. In a template a number makes it a hole, a text a handler,
 * an object the place of a shared tree; in a result it stands for a stream. React wants props to be an object, and an
 * array is the shortest.
 */
export function marker(
  key: string | null,
  props: readonly unknown[] | Readonly<Record<string, unknown>>,
): ReactElement {
  const element = Object.getOwnPropertyDescriptors(jsx('' as never, {}, key ?? undefined))
  return Object.create(Object.prototype, {
    ...element,
    props: { value: props, enumerable: true },
  }) as ReactElement
}

function fieldsModel(fields: Readonly<Record<string, TemplateNode>>, slot: Slot): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) {
    const value = nodeModel(fields[name], slot)
    Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return out
}
