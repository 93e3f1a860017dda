import type { Locks } from './source.ts'

/** Claims within one process, which is all there is where a single server runs. */
export class MemoryLocks implements Locks {
  private readonly claims = new Map<string, { readonly owner: string; readonly untilMs: number }>()

  async claim(name: string, owner: string, ttlMs: number): Promise<boolean> {
    const nowMs = Date.now()
    for (const [each, { untilMs }] of this.claims) if (untilMs <= nowMs) this.claims.delete(each)
    const before = this.claims.get(name)
    if (before !== undefined) return before.owner === owner
    this.claims.set(name, { owner, untilMs: nowMs + ttlMs })
    return true
  }

  async close(): Promise<void> {
    this.claims.clear()
  }
}
