import type { SlotState } from '../live/restoring.ts'
import { SharedCallLog } from './shared-call-log.ts'
import type { StateNews, StateRow } from './shared-messages.ts'
import { decodeSlot } from './snapshot.ts'

/**
 * The state of a shared tree as texts, with the calls that made it what it is: its owner tells it, and those who follow
 * keep it for when the owner dies.
 */
export class SharedState {
  readonly calls = new SharedCallLog()
  private readonly texts = new Map<number, string>()
  /** Names the tree that has it; null where who goes on begins afresh. */
  tree: string | null = null
  /** How often it has changed. */
  version = 0
  /** Characters of all texts. */
  length = 0
  /** True where there was more of it than is kept: who goes on begins afresh. */
  tooLarge = false

  get rows(): StateRow[] {
    return [...this.texts]
  }

  /** All of it, for one who has nothing. */
  get whole(): StateNews {
    const { version, rows, calls, tree } = this
    if (this.tooLarge) return { version, rows: [], gone: [], tooLarge: true }
    return { version, rows, gone: [], calls: calls.rows, ...(tree === null ? {} : { tree }) }
  }

  apply({ version = this.version, rows, gone, calls, tree, tooLarge }: StateNews): void {
    this.version = version
    if (tree !== undefined) this.tree = tree
    for (const id of gone) this.delete(id)
    for (const [id, text] of rows) {
      this.delete(id)
      this.texts.set(id, text)
      this.length += text.length
    }
    for (const call of calls ?? []) this.calls.put(call)
    if (!tooLarge) return
    // Who begins afresh has the effects of none.
    this.calls.clear()
    this.giveUp()
  }

  private delete(id: number): void {
    this.length -= this.texts.get(id)?.length ?? 0
    this.texts.delete(id)
  }

  giveUp(): void {
    this.texts.clear()
    this.length = 0
    this.tree = null
    this.tooLarge = true
  }

  clear(): void {
    this.giveUp()
    this.calls.clear()
    this.tooLarge = false
  }

  /** What a tree starts from. */
  slots(): SlotState[] {
    return this.rows.map(([id, text]) => decodeSlot(id, text))
  }
}
