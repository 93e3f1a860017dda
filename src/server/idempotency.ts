/** An answer of a hook, kept to be given again. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  /** In base64. */
  readonly body: string
}

/** Keeps the answers of hooks by idempotency key. One that servers share makes a delivery count once for all of them. */
export interface IdempotencyStore {
  /** Looks whether it can be used at all. @throws `missing_peer` where the package of its client is not installed. */
  prepare?(): void | Promise<void>
  /**
   * Claims a key for a request that is about to be handled.
   *
   * @param claimMs how long the claim lasts when nothing more is heard: its server may die.
   * @returns the answer that the key has; `busy` while another request has claimed it; null when this one has it now.
   */
  begin(key: string, claimMs: number): Promise<KeptAnswer | 'busy' | null>
  /** Keeps the answer of a key that was claimed. */
  keep(key: string, answer: KeptAnswer, ttlMs: number): Promise<void>
  /** Gives up the claim: the next request with the key is handled. */
  forget(key: string): Promise<void>
  /** Disconnects. */
  close(): Promise<void>
}

/** Keeps answers in this process, the newest of them when there are too many. */
export class MemoryIdempotency implements IdempotencyStore {
  /** The oldest first. */
  private readonly kept = new Map<string, { readonly answer: KeptAnswer | null; readonly untilMs: number }>()

  constructor(private readonly maxKeys: number) {}

  async begin(key: string, claimMs: number): Promise<KeptAnswer | 'busy' | null> {
    const before = this.kept.get(key)
    if (before !== undefined && before.untilMs > Date.now()) return before.answer ?? 'busy'
    this.set(key, null, claimMs)
    return null
  }

  async keep(key: string, answer: KeptAnswer, ttlMs: number): Promise<void> {
    this.set(key, answer, ttlMs)
  }

  async forget(key: string): Promise<void> {
    this.kept.delete(key)
  }

  async close(): Promise<void> {
    this.kept.clear()
  }

  private set(key: string, answer: KeptAnswer | null, lastsMs: number): void {
    this.kept.delete(key)
    this.kept.set(key, { answer, untilMs: Date.now() + lastsMs })
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.maxKeys) break
      this.kept.delete(oldest)
    }
  }
}

export async function toKept(response: Response): Promise<KeptAnswer> {
  const body = Buffer.from(await response.arrayBuffer()).toString('base64')
  return { status: response.status, headers: [...response.headers], body }
}

export function fromKept({ status, headers, body }: KeptAnswer): Response {
  const none = status === 204 || status === 205 || status === 304
  return new Response(none ? null : Buffer.from(body, 'base64'), {
    status,
    headers: headers.map(([name, value]) => [name, value] as [string, string]),
  })
}
