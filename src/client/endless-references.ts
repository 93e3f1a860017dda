import type { FlightRow } from './flight-rows.ts'

/** How many references, and steps of their paths, the rows of a payload may lead over; each row adds a few. */
const maxReferenceSteps = 100_000
const stepsPerRow = 100

/** Rows with these tags hold no model. All others do for React, those with a tag that it does not know as well. */
const withoutModel = new Set(Array.from('TAOobUSsLlGgMmVIHERrXxCDJNW', (tag) => tag.charCodeAt(0)))

const decoder = new TextDecoder()

/**
 * Finds rows that are nothing but a way back to themselves, such as `1:"$L1"`. React's reader follows what it takes for
 * a lazy value for ever (`getOutlinedModel` of react-server-dom-webpack), so they must not get to it.
 */
export class EndlessReferences {
  private readonly rows = new Map<number, Uint8Array>()
  private readonly models = new Map<number, unknown>()
  /** For a row that has not come yet: the paths into it, ways that end there so far. */
  private readonly waiting = new Map<number, Set<string>>()
  private stepsLeft = maxReferenceSteps

  /** Throws a RangeError where this row closes a circle, or where the ways are so long that there may be one. */
  add({ id, tag, body }: FlightRow): void {
    // React keeps to the first row of an id, too.
    if (withoutModel.has(tag) || this.rows.has(id)) return
    this.rows.set(id, body)
    this.stepsLeft = Math.min(this.stepsLeft + stepsPerRow, maxReferenceSteps)
    const paths = this.waiting.get(id) ?? new Set<string>()
    this.waiting.delete(id)
    if (isString(body)) paths.add('')
    for (const path of paths) this.follow(id, path)
  }

  /** Goes from a row, along a path into it, to a value that is no reference, or to a row that has not come yet. */
  private follow(id: number, into: string): void {
    let value: unknown = this.modelOf(id)
    // What comes next is at its end.
    const path = into === '' ? [] : into.split(':').reverse()
    while (this.stepsLeft-- > 0) {
      const reference = typeof value === 'string' ? referenceIn(value) : null
      if (reference !== null) {
        this.stepsLeft -= reference.path.length
        for (const step of reference.path.reverse()) path.push(step)
        if (!this.rows.has(reference.id)) return this.wait(reference.id, path.reverse().join(':'))
        value = this.modelOf(reference.id)
      } else {
        const step = path.pop()
        if (step === undefined || typeof value !== 'object' || value === null) return
        value = taken(value, step)
      }
    }
    throw new RangeError(
      `row ${id.toString(16)} leads back to itself, or nowhere in ${maxReferenceSteps} steps`,
    )
  }

  private wait(id: number, path: string): void {
    const paths = this.waiting.get(id)
    if (paths === undefined) this.waiting.set(id, new Set([path]))
    else paths.add(path)
  }

  private modelOf(id: number): unknown {
    if (!this.models.has(id)) this.models.set(id, parsed(this.rows.get(id) as Uint8Array))
    return this.models.get(id)
  }
}

/** Whether the JSON is a string that can be a reference: one that begins with `$`, be it escaped. */
function isString(json: Uint8Array): boolean {
  let at = 0
  while (json[at] === 32 || json[at] === 9 || json[at] === 13) at++
  return json[at] === 34 && (json[at + 1] === 36 || json[at + 1] === 92)
}

/** What is no JSON is nothing here: React says so. */
function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(json))
  } catch {
    return undefined
  }
}

/** `$L2` and `$2:props:children` stand for what is there; other strings with a `$` are values of their own. */
function referenceIn(text: string): { id: number; path: string[] } | null {
  if (!text.startsWith('$') || text.length === 1 || /^[$@wSThQWBKZiI\-NuDn]/.test(text.slice(1))) return null
  const [id, ...path] = text.slice(text[1] === 'L' ? 2 : 1).split(':')
  // A lazy value has no path.
  return { id: Number.parseInt(id as string, 16), path: text[1] === 'L' ? [] : path }
}

const elementParts = new Map<string, number>(Object.entries({ type: 1, key: 2, props: 3 }))

/** A field of a model. An element is a list in JSON: `["$", type, key, props]`. */
function taken(model: object, step: string): unknown {
  const key = Array.isArray(model) ? (elementParts.get(step) ?? step) : step
  return Object.hasOwn(model, key) ? (model as Record<string, unknown>)[key] : undefined
}
