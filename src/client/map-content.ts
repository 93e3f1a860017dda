import { isValidElement, type ReactElement } from 'react'
import { rebuild } from './rebuild.ts'

type Fields = Readonly<Record<string, unknown>>

/** Says what stands in the place of a node; the node itself where nothing else does, and its inside is looked at. */
export type Replace = (node: unknown) => unknown

/** Content with some of its nodes replaced. Where nothing was, the very same objects are returned. */
export function mapContent(node: unknown, replace: Replace): unknown {
  const replaced = replace(node)
  if (replaced !== node || typeof node !== 'object' || node === null) return replaced
  if (Array.isArray(node)) return mapItems(node, replace)
  if (isValidElement(node)) return mapElement(node as ReactElement<Fields>, replace)
  if (node instanceof Map)
    return mapEntries(node, replace, (entries) => new Map(entries as [unknown, unknown][]))
  if (node instanceof Set) return mapEntries(node, replace, (items) => new Set(items))
  return isPlain(node) ? mapFields(node, replace) : node
}

/** True for data whose fields patches may address. */
export function isPlain(value: object): value is Fields {
  return Object.getPrototypeOf(value) === Object.prototype
}

function mapItems(items: readonly unknown[], replace: Replace): readonly unknown[] {
  let out: unknown[] | undefined
  for (let i = 0; i < items.length; i++) {
    const item = mapContent(items[i], replace)
    if (item === items[i]) continue
    out ??= items.slice()
    out[i] = item
  }
  return out ?? items
}

function mapElement(element: ReactElement<Fields>, replace: Replace): ReactElement {
  const props = mapFields(element.props, replace)
  return props === element.props ? element : rebuild(element, props)
}

function mapFields(fields: Fields, replace: Replace): Fields {
  let out: Record<string, unknown> | undefined
  for (const name of Object.keys(fields)) {
    const value = mapContent(fields[name], replace)
    if (value === fields[name]) continue
    out ??= { ...fields }
    Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return out ?? fields
}

function mapEntries<T extends Iterable<unknown>>(
  collection: T,
  replace: Replace,
  make: (entries: readonly unknown[]) => T,
): T {
  const entries = [...collection]
  const mapped = mapItems(entries, replace)
  return mapped === entries ? collection : make(mapped)
}
