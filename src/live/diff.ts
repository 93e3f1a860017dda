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

/** Who keeps what edits replace by something else: an element, a function, a list. Scalars are let go of. */
export interface LossKeeper {
  lost(node: object): void
}

/** Between the templates of two slots, no hole is the same. */
export const everyHole: Replaced = { has: () => true }

/**
 * The edits that turn one template into another, or null where the whole must be sent. `keeper` is told what they take
 * off the screen.
 */
export function diff(
  before: TemplateNode,
  after: TemplateNode,
  replaced: Replaced | null,
  keeper: LossKeeper | null = null,
): readonly Edit[] | null {
  const differ = new Differ(replaced, keeper)
  differ.node(before, after)
  return differ.whole ? null : (differ.edits ?? noEdits)
}

const noEdits: readonly Edit[] = []

/** Where the one comparison under way is; an array for each would be the most of what it costs. */
const steps: Step[] = []

class Differ {
  /** Null until there is one. */
  edits: Edit[] | null = null
  whole = false
  /** So many of the steps count. */
  private depth = 0

  constructor(
    private readonly replaced: Replaced | null,
    private readonly keeper: LossKeeper | null,
  ) {}

  node(before: TemplateNode, after: TemplateNode): void {
    if (Object.is(before, after) && this.replaced === null) return
    if (after instanceof Hole) return this.hole(before, after)
    if (after instanceof TemplateElement) return this.element(before, after)
    if (after instanceof Handler) {
      const same = before instanceof Handler && before.path === after.path && before.options === after.options
      return same ? undefined : this.set(before, after)
    }
    if (Array.isArray(after) && Array.isArray(before)) return this.list(before, after)
    if (isPlain(after) && isPlain(before)) return this.fields(before, after)
    if (!Object.is(before, after)) this.set(before, after)
  }

  private at(step: Step, before: TemplateNode, after: TemplateNode): void {
    if (Object.is(before, after) && this.replaced === null) return
    steps[this.depth++] = step
    this.node(before, after)
    this.depth--
  }

  private setAt(step: Step, before: TemplateNode, after: TemplateNode): void {
    steps[this.depth++] = step
    this.set(before, after)
    this.depth--
  }

  private set(before: TemplateNode, value: TemplateNode): void {
    if ((typeof before === 'object' && before !== null) || typeof before === 'function')
      this.keeper?.lost(before)
    if (this.depth === 0) {
      this.whole = true
      return
    }
    const edit = { path: steps.slice(0, this.depth), value }
    if (this.edits === null) this.edits = [edit]
    else this.edits.push(edit)
  }

  private hole(before: TemplateNode, after: Hole): void {
    const same = before instanceof Hole && before.path === after.path && before.key === after.key
    if (!same || this.replaced?.has(after.path)) this.set(before, after)
  }

  private element(before: TemplateNode, after: TemplateElement): void {
    if (!(before instanceof TemplateElement) || before.type !== after.type || before.key !== after.key) {
      return this.set(before, after)
    }
    for (const name in after.props) {
      if (name === 'children') this.children(before.props.children, after.props.children)
      else this.at(name, before.props[name], after.props[name])
    }
    for (const name in before.props) {
      if (!(name in after.props) && before.props[name] !== undefined)
        this.setAt(name, before.props[name], undefined)
    }
  }

  private children(before: TemplateNode, after: TemplateNode): void {
    if (Array.isArray(before) && Array.isArray(after)) this.list(before, after)
    else if (Array.isArray(before) || Array.isArray(after)) this.setAt('children', before, after)
    else this.at(0, before, after)
  }

  private list(before: readonly TemplateNode[], after: readonly TemplateNode[]): void {
    const { script, origins } = listScript(before, after)
    if (script !== null) this.setAt(listStep, before, script)
    for (let i = 0; i < after.length; i++) {
      const origin = origins === null ? i : (origins[i] as number)
      if (origin >= 0) this.at(i, before[origin], after[i])
    }
  }

  private fields(before: Record<string, unknown>, after: Record<string, unknown>): void {
    // A field that is there and undefined is not the same as no field, and an edit could not tell them apart.
    const blank = Object.keys(after).some((name) => after[name] === undefined && before[name] !== undefined)
    if (blank) return this.set(before, after)
    for (const name of Object.keys(after)) this.at(name, before[name], after[name])
    for (const name of Object.keys(before)) {
      if (!Object.hasOwn(after, name)) this.setAt(name, before[name], undefined)
    }
  }
}
