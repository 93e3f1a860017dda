import { HandlerHistory, type ShownHandlers } from './handler-history.ts'
import type { Stored } from './restoring.ts'
import { Hole, type Output, type TemplateNode } from './template.ts'
import type { LiveTree } from './tree.ts'

/** What the browser may still have of earlier instances in a hole. */
interface Earlier {
  /** How many it has seen. */
  readonly count: number
  /** The frame that took the hole itself away; infinite while it is there. */
  readonly goneIn: number
}

const noSlots: readonly Slot[] = []

/** What `Slot.sent` holds before the first write. */
export const unsent = Symbol('liveroot.unsent')

/**
 * One component instance's output, and the unit of update. React creates it while rendering, when the render may still
 * be thrown away; it gets its id, and so begins to exist, when it is attached at a commit.
 */
export class Slot {
  id = 0
  parent: Slot | null = null
  /** By hole. Null until there is one: most slots are leaves. */
  private byHole: Map<string, Slot> | null = null
  /** What was written last: the base of the next diff. */
  sent: TemplateNode = unsent
  /** True once a template was written that names this slot: the browser knows it, if only as pending. */
  announced = false
  dirty = false
  /** The child that was written last: the next one may be much like it. */
  lastWritten: Slot | null = null
  /**
   * How many earlier instances the browser has seen in this hole. It becomes part of the key there, so that a new
   * instance never inherits the browser's state of the one before.
   */
  generation = 0
  private earlier: Map<string, Earlier> | null = null
  /** Holes that were written while no component stood in them. */
  private empty: Set<string> | null = null
  private replaced: Set<string> | null = null
  private history: HandlerHistory | null = null
  /** What the snapshot that the tree was restored from has below this slot, and nothing is mounted of yet. */
  stored: Stored | null = null
  /** True when the snapshot of the tree's state has an entry for it. */
  kept = false

  constructor(
    readonly tree: LiveTree,
    /** The hole of the parent's template that this slot fills. */
    readonly hole: string,
    public output: Output,
  ) {}

  get children(): Iterable<Slot> {
    return this.byHole?.values() ?? noSlots
  }

  get attached(): boolean {
    return this.id !== 0
  }

  /** Children of a slot that is itself still being rendered; they are attached with it. */
  adopt(child: Slot): void {
    child.parent = this
    this.byHole ??= new Map()
    this.byHole.set(child.hole, child)
  }

  attach(child: Slot): void {
    if (child.parent === this && child.attached) return
    this.adopt(child)
    const generation = this.earlierIn(child.hole)
    child.generation = generation
    if (generation > 0 || this.empty?.delete(child.hole)) this.replace(child.hole)
  }

  detach(child: Slot): void {
    if (this.byHole?.get(child.hole) !== child) return
    this.byHole.delete(child.hole)
    if (!child.announced) return
    this.earlier ??= new Map()
    this.earlier.set(child.hole, { count: child.generation + 1, goneIn: Number.POSITIVE_INFINITY })
    this.replace(child.hole)
  }

  private replace(hole: string): void {
    this.replaced ??= new Set()
    this.replaced.add(hole)
    this.tree.touch(this)
  }

  /** Takes the holes of the template whose component changed since the last write; it is written in frame `sequence`. */
  takeReplaced(sequence: number): Set<string> | null {
    const { replaced, empty } = this
    if (replaced === null && empty === null) return null
    const holes = this.holesShown()
    for (const hole of empty ?? []) if (!holes.has(hole)) empty?.delete(hole)
    if (empty?.size === 0) this.empty = null
    this.replaced = null
    for (const hole of this.earlier?.keys() ?? []) this.earlierIn(hole)
    for (const hole of replaced ?? []) {
      if (holes.has(hole)) continue
      replaced?.delete(hole)
      const earlier = this.earlier?.get(hole)
      if (earlier !== undefined) this.earlier?.set(hole, { ...earlier, goneIn: sequence })
    }
    return replaced === null || replaced.size === 0 ? null : replaced
  }

  private holesShown(): Set<string> {
    const { node, holes } = this.output
    const shown = new Set(holes.map(({ key }) => key as string))
    // Of the tree's top it is no component that has the hole.
    if (node instanceof Hole) shown.add(node.path)
    return shown
  }

  generationOf(hole: string): number {
    return this.byHole?.get(hole)?.generation ?? this.earlierIn(hole)
  }

  /**
   * How many earlier instances the browser may know in a hole. None when it has shown that the hole was gone; not
   * before, for the frames that take it away and bring it back may come on screen in one go, and the new instance would
   * go on with the state of the old one.
   */
  private earlierIn(hole: string): number {
    const earlier = this.earlier?.get(hole)
    if (earlier === undefined) return 0
    if (earlier.goneIn > this.tree.shownFrame) return earlier.count
    this.earlier?.delete(hole)
    return 0
  }

  /** The id of the slot in a hole, or 0 while there is none; a 0 is remembered, for the hole must be written again. */
  idInHole(hole: string): number {
    const child = this.byHole?.get(hole)
    if (child !== undefined) {
      child.announced = true
      return child.id
    }
    this.empty ??= new Set()
    this.empty.add(hole)
    return 0
  }

  publishHandlers(sequence: number, acknowledged: number): void {
    const { handlers, node } = this.output
    if (handlers === null && this.history === null) return
    this.history ??= new HandlerHistory()
    this.history.publish(handlers, node, sequence, acknowledged)
  }

  shownHandlers(seen: number, sent: number): ShownHandlers | undefined {
    return this.history?.shown(seen, sent)
  }
}
