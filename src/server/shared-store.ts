import type { LiverootError } from '../errors.ts'
import { describeError } from './errors-out.ts'
import type { KeeperHost } from './keeper-host.ts'
import { scheduleSave } from './save-queue.ts'
import type { SessionEntries } from './session-store.ts'
import type { CallRow, Outcome } from './shared-call-log.ts'
import type { StateNews, StateRow } from './shared-messages.ts'
import type { SharedState } from './shared-state.ts'

// What a session store has of a shared root, as texts by key:
//   v        how often its state has changed
//   t        names the tree that has it
//   s<slot>  the state behind a slot
//   c<call>  how a call ended; null while it runs
const versionKey = 'v'
const treeKey = 't'

/** A store that does not answer within this time is not waited for. */
const claimMs = 3_000
const retryMs = 500

/**
 * The state of a shared root in the session store, where it outlives the servers with viewers. Who owns the root claims it:
 * of two that think they do, one can save, and the other one's calls get no answer.
 */
export class SharedStore {
  private changes = new Map<string, string | null>()
  private waiting: (() => void)[] = []
  /** Keys that the store has. */
  private stored = new Set<string>()
  private state: SharedState | null = null
  private saving = false
  private savedAt = 0

  /**
   * @param key names the root in the store.
   * @param keepMs how long the store has it after the last save.
   */
  constructor(
    private readonly host: KeeperHost,
    private readonly key: string,
    private readonly keepMs: number,
    private readonly route: string,
  ) {}

  /** Takes it over; false where there is none, or the store does not answer. Puts what there is in the state, if that is newer. */
  async claim(state: SharedState): Promise<boolean> {
    const { store, owner } = this.host
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, claimMs, 'late').unref())
    try {
      const entries = await Promise.race([store.claim(this.key, owner), late])
      if (entries === 'late' || entries === null) return false
      this.stored = new Set(entries.keys())
      if (Number(entries.get(versionKey)) <= state.version) return false
      state.clear()
      state.apply(newsOf(entries))
      return true
    } catch (error) {
      describeError(error, 'store_unreachable', this.host.onError, { route: this.route })
      return false
    }
  }

  /** From now on what is put changes that state, which the store has as a whole after the first save. */
  keep(state: SharedState): void {
    this.state = state
    const whole = entriesOf(state.whole, state.version)
    for (const key of this.stored) this.changes.set(key, null)
    for (const [key, text] of whole) this.changes.set(key, text)
  }

  /** Resolves when it is saved, or will never be. */
  put(news: StateNews): Promise<void> {
    if (this.state === null) return Promise.resolve()
    if (news.tooLarge) this.keep(this.state)
    for (const [key, text] of entriesOf(news, this.state.version)) this.changes.set(key, text)
    this.forgetCalls(this.state)
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      if (!this.saving) scheduleSave(this)
    })
  }

  /** The account forgets, and the store with it, now and then. */
  private forgetCalls({ calls }: SharedState): void {
    if (this.stored.size < 2 * calls.size + 1_000) return
    for (const key of this.stored) {
      if (key.startsWith('c') && calls.find(key.slice(1)) === undefined) this.changes.set(key, null)
    }
  }

  run(): void {
    if (!this.saving) void this.save()
  }

  private async save(): Promise<void> {
    this.saving = true
    while (this.state !== null && this.changes.size > 0) {
      const [entries, waiting] = [this.changes, this.waiting]
      this.changes = new Map()
      this.waiting = []
      await this.store(entries, this.state)
      for (const [key, text] of entries) {
        if (text === null) this.stored.delete(key)
        else this.stored.add(key)
      }
      for (const resolve of waiting) resolve()
    }
    this.saving = false
  }

  private async store(entries: ReadonlyMap<string, string | null>, state: SharedState): Promise<void> {
    const { store, owner, onError } = this.host
    const all = () => new Map(entriesOf(state.whole, state.version) as Iterable<[string, string]>)
    while (this.state === state) {
      try {
        await store.save(this.key, owner, { entries, all, expiresAt: Date.now() + this.keepMs })
        this.savedAt = performance.now()
        return
      } catch (error) {
        const { code } = error as LiverootError
        if (code === 'session_too_large') return void this.report(error)
        if (code !== 'session_taken') describeError(error, 'snapshot_failed', onError, { route: this.route })
      }
      // Another server has claimed it: the bus will say whose it is, or that it is this one's all the same.
      await new Promise((resolve) => setTimeout(resolve, retryMs))
      if (this.state === state) await store.claim(this.key, owner).catch(() => {})
    }
  }

  private report(error: unknown): void {
    describeError(error, 'snapshot_failed', this.host.onError, { route: this.route })
  }

  /** Nothing may have changed for long. */
  beat(): void {
    if (this.state === null || this.saving || performance.now() - this.savedAt < this.keepMs / 3) return
    void this.put({ rows: [], gone: [] })
  }

  /** The root is another server's, or ends with this one: what was put is saved, and nothing more is. */
  async release(): Promise<void> {
    if (this.state === null) return
    await Promise.race([
      this.put({ rows: [], gone: [] }),
      new Promise((resolve) => setTimeout(resolve, retryMs)),
    ])
    this.drop()
  }

  /** It is another server's. Who waits for a save waits in vain. */
  drop(): void {
    this.state = null
    this.changes.clear()
  }

  /** Nobody wants it any more. */
  remove(): void {
    this.drop()
    const { store, owner } = this.host
    store.remove(this.key, owner).catch((error: unknown) => this.report(error))
  }
}

function* entriesOf(
  { rows, gone, calls, tree }: StateNews,
  version: number,
): Iterable<readonly [string, string | null]> {
  yield [versionKey, String(version)]
  if (tree !== undefined) yield [treeKey, tree]
  for (const id of gone) yield [`s${id}`, null]
  for (const [id, text] of rows) yield [`s${id}`, text]
  for (const [id, outcome] of calls ?? []) yield [`c${id}`, JSON.stringify(outcome)]
}

function newsOf(entries: SessionEntries): StateNews {
  const rows: StateRow[] = []
  const calls: CallRow[] = []
  for (const [key, text] of entries) {
    if (key.startsWith('s')) rows.push([Number(key.slice(1)), text])
    else if (key.startsWith('c')) calls.push([key.slice(1), JSON.parse(text) as Outcome | null])
  }
  const tree = entries.get(treeKey)
  const version = Number(entries.get(versionKey))
  return { version, rows, gone: [], calls, ...(tree === undefined ? {} : { tree }) }
}
