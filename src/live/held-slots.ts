import type { Slot } from './slot.ts'

/**
 * Slots of a tree that React keeps aside, because something beside them, under the same Suspense, waits for a promise
 * (`use`). What is set there meanwhile is rendered when the wait ends, and not before.
 */
export class HeldSlots {
  private readonly slots = new Set<Slot>()
  private waiting: { readonly slot: Slot; readonly released: () => void }[] = []

  add(slot: Slot): void {
    // React goes on rendering what an Activity hides.
    if (slot.hole.endsWith('react.activity.0')) return
    this.slots.add(slot)
  }

  remove(slot: Slot): void {
    this.slots.delete(slot)
  }

  /** True for a slot that is kept aside, itself or with one around it. */
  private has(slot: Slot): boolean {
    for (let at: Slot | null = slot; at !== null; at = at.parent) if (this.slots.has(at)) return true
    return false
  }

  /** True where what was set in a slot is not rendered yet; then `released` is called when it is, or never will be. */
  holds(slot: Slot, released: () => void): boolean {
    if (!this.has(slot)) return false
    this.waiting.push({ slot, released })
    return true
  }

  /** React has committed something. */
  committed(): void {
    const { waiting } = this
    this.waiting = waiting.filter(({ slot }) => this.has(slot))
    for (const { slot, released } of waiting) if (!this.has(slot)) released()
  }

  clear(): void {
    this.slots.clear()
    this.committed()
  }
}
