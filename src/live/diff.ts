import { isPlain } from './data.ts'
import { listScript } from './list-script.ts'
import { Handler, Hole, TemplateElement, type TemplateNode } from './template.ts'

/** A number is a place among the children of an element or the items of an array; a string is a prop or a field. */
export type Step = number | string

/** Sets what stands at `path`; `undefined` takes the prop or field away. */
export interface Edit {
  readonly path: readonly Step[]
  readonly value: TemplateNode
}

/** The step at the end of a path whose value is a list script: how to make the new list from the old one. */
export const listStep = -1

/** The holes in which another component instance stands now, though the hole itself is as it was. */
export type Replaced = Pick<ReadonlySet<string>, 'has'>

/** Between the templates of two slots, no hole is the same. */
export const everyHole: Replaced = { has: () => true }

/** The edits that turn one template into another, or null where the whole must be sent. */
export function diff(before: TemplateNode, after: TemplateNode, replaced: Replaced | null): Edit[] | null {
  const differ = new Differ(replaced)
  differ.node(before, after, [])
  return differ.whole ? null : differ.edits
}

class Differ {
  readonly edits: Edit[] = []
  whole = false

  constructor(private readonly replaced: Replaced | null) {}

  node(before: TemplateNode, after: TemplateNode, path: readonly Step[]): void {
    if (Object.is(before, after) && this.replaced === null) return
    if (after instanceof Hole) return this.hole(before, after, path)
    if (after instanceof TemplateElement) return this.element(before, after, path)
    if (after instanceof Handler) {
      const same = before instanceof Handler && before.path === after.path && before.options === after.options
      return same ? undefined : this.set(path, after)
    }
    if (Array.isArray(after) && Array.isArray(before)) return this.list(before, after, path)
    if (isPlain(after) && isPlain(before)) return this.fields(before, after, path)
    if (!Object.is(before, after)) this.set(path, after)
  }

  private set(path: readonly Step[], value: TemplateNode): void {
    if (path.length === 0) this.whole = true
    else this.edits.push({ path, value })
  }

  private hole(before: TemplateNode, after: Hole, path: readonly Step[]): void {
    const same = before instanceof Hole && before.path === after.path && before.key === after.key
    if (!same || this.replaced?.has(after.path)) this.set(path, after)
  }

  private element(before: TemplateNode, after: TemplateElement, path: readonly Step[]): void {
    if (!(before instanceof TemplateElement) || before.type !== after.type || before.key !== after.key) {
      return this.set(path, after)
    }
    for (const name in after.props) {
      if (name === 'children') this.children(before.props.children, after.props.children, path)
      else this.node(before.props[name], after.props[name], [...path, name])
    }
    for (const name in before.props) {
      if (!(name in after.props) && before.props[name] !== undefined) this.set([...path, name], undefined)
    }
  }

  private children(before: TemplateNode, after: TemplateNode, path: readonly Step[]): void {
    if (Array.isArray(before) && Array.isArray(after)) this.list(before, after, path)
    else if (Array.isArray(before) || Array.isArray(after)) this.set([...path, 'children'], after)
    else this.node(before, after, [...path, 0])
  }

  private list(before: readonly TemplateNode[], after: readonly TemplateNode[], path: readonly Step[]): void {
    const { script, origins } = listScript(before, after)
    if (script !== null) this.edits.push({ path: [...path, listStep], value: script })
    for (let i = 0; i < after.length; i++) {
      const origin = origins === null ? i : (origins[i] as number)
      if (origin >= 0) this.node(before[origin], after[i], [...path, i])
    }
  }

  private fields(
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    path: readonly Step[],
  ): void {
    // A field that is there and undefined is not the same as no field, and an edit could not tell them apart.
    const blank = Object.keys(after).some((name) => after[name] === undefined && before[name] !== undefined)
    if (blank) return this.set(path, after)
    for (const name of Object.keys(after)) this.node(before[name], after[name], [...path, name])
    for (const name of Object.keys(before)) {
      if (!Object.hasOwn(after, name)) this.set([...path, name], undefined)
    }
  }
}
