import { templateKey } from './previous-items.ts'
import type { TemplateNode } from './template.ts'

/**
 * How a list is made from the one before it: runs that are kept and items that are new, in the new order. Inserting,
 * moving or removing one row of a thousand takes three runs at most.
 *
 * On the wire: `start, count` keeps that run of the old list; `-1, item` puts a new item.
 */
export class ListScript {
  constructor(readonly parts: readonly (KeptRun | NewItem)[]) {}
}

export interface KeptRun {
  readonly start: number
  count: number
}

export interface NewItem {
  readonly item: TemplateNode
}

interface Result {
  /** Null when the old list has the same items in the same places. */
  readonly script: ListScript | null
  /** Per new item the place of the old one it came from, or -1; null means: the same place. */
  readonly origins: readonly number[] | null
}

const unchanged: Result = { script: null, origins: null }

/** Items are matched by key, or by place where they have none. */
export function listScript(before: readonly TemplateNode[], after: readonly TemplateNode[]): Result {
  if (haveSameKeys(before, after)) return unchanged
  const places = placesByKey(before)
  const origins = after.map((item, i) => {
    const key = templateKey(item)
    if (key !== null) return takePlace(places, key)
    return i < before.length && templateKey(before[i]) === null ? i : -1
  })
  return { script: new ListScript(parts(after, origins)), origins }
}

function haveSameKeys(before: readonly TemplateNode[], after: readonly TemplateNode[]): boolean {
  if (before.length !== after.length) return false
  for (let i = 0; i < after.length; i++) {
    const item = after[i]
    if (!Object.is(item, before[i]) && templateKey(item) !== templateKey(before[i])) return false
  }
  return true
}

function placesByKey(items: readonly TemplateNode[]): Map<string, number> {
  const places = new Map<string, number>()
  items.forEach((item, i) => {
    const key = templateKey(item)
    if (key !== null && !places.has(key)) places.set(key, i)
  })
  return places
}

function takePlace(places: Map<string, number>, key: string): number {
  const place = places.get(key) ?? -1
  places.delete(key)
  return place
}

function parts(after: readonly TemplateNode[], origins: readonly number[]): (KeptRun | NewItem)[] {
  const out: (KeptRun | NewItem)[] = []
  let run: KeptRun | undefined
  origins.forEach((origin, i) => {
    if (origin < 0) {
      run = undefined
      out.push({ item: after[i] })
    } else if (run !== undefined && run.start + run.count === origin) {
      run.count++
    } else {
      run = { start: origin, count: 1 }
      out.push(run)
    }
  })
  return out
}
