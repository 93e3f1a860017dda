import type { Slot } from './slot.ts'
import type { TemplateNode } from './template.ts'

/** What a tree has no more, but a browser may still have on its screen: until it shows the frame that takes it away. */
export class Leftovers {
  private readonly slots = new Map<number, { readonly slot: Slot; sequence: number }>()
  private templates: { readonly template: TemplateNode; readonly sequence: number }[] = []

  get empty(): boolean {
    return this.slots.size === 0 && this.templates.length === 0
  }

  /** A slot is gone; {@link written} will tell in which frame. */
  addSlot(slot: Slot): void {
    this.slots.set(slot.id, { slot, sequence: Number.MAX_SAFE_INTEGER })
  }

  written(id: number, sequence: number): void {
    const leaving = this.slots.get(id)
    if (leaving !== undefined) leaving.sequence = sequence
  }

  /** Frame `sequence` replaces a template, or a part of one. */
  addTemplate(template: TemplateNode, sequence: number): void {
    this.templates.push({ template, sequence })
  }

  /** The slot of that id, where a browser that shows frame `shown` may have it. */
  slot(id: number, shown: number): Slot | undefined {
    const leaving = this.slots.get(id)
    return leaving !== undefined && leaving.sequence > shown ? leaving.slot : undefined
  }

  /** What a browser that shows frame `shown` may have of them. */
  *shownTemplates(shown: number): Iterable<TemplateNode> {
    for (const { slot, sequence } of this.slots.values()) if (sequence > shown) yield slot.sent
    for (const { template, sequence } of this.templates) if (sequence > shown) yield template
  }

  /** No browser shows an older frame any more. */
  forget(shown: number): void {
    for (const [id, { sequence }] of this.slots) if (sequence <= shown) this.slots.delete(id)
    if (this.templates.length > 0) this.templates = this.templates.filter(({ sequence }) => sequence > shown)
  }
}
