import type { SlotState } from '../live/restoring.ts'
import type { StateNews, StateRow } from './shared-messages.ts'
import { decodeSlot } from './snapshot.ts'

/** The state of a shared tree as texts: its owner tells it, and those who follow keep it for when the owner dies. */
export class SharedState {
  private readonly texts = new Map<number, string>()
  /** Characters of all texts. */
  length = 0

  get rows(): StateRow[] {
    return [...this.texts]
  }

  apply({ rows, gone }: StateNews): void {
    for (const id of gone) this.delete(id)
    for (const [id, text] of rows) {
      this.delete(id)
      this.texts.set(id, text)
      this.length += text.length
    }
  }

  private delete(id: number): void {
    this.length -= this.texts.get(id)?.length ?? 0
    this.texts.delete(id)
  }

  clear(): void {
    this.texts.clear()
    this.length = 0
  }

  /** What a tree starts from. */
  slots(): SlotState[] {
    return this.rows.map(([id, text]) => decodeSlot(id, text))
  }
}
