import type { TreeState } from '../live/tree-state.ts'
import type { CallRow, Outcome } from './shared-call-log.ts'
import type { StateNews, StateRow } from './shared-messages.ts'
import type { SharedState } from './shared-state.ts'
import { encodeSlot } from './snapshot.ts'

/** State of more characters is told less often than it changes. */
const largeState = 65_536
const largeStateDelayMs = 500

/** What changes without a call, and is told to the store alone, is gathered for so long. */
const gatherMs = 50

/** Who tells other servers, and the store, of the state of a tree. */
export interface ToldHost {
  /** True where other servers follow. */
  readonly isFollowed: boolean
  /** True where anybody keeps what is told. */
  readonly isKept: boolean
  readonly maxSharedState: number
  /** Resolves when they were told; never rejects. */
  say(news: StateNews): Promise<void>
  /** It is not told any more. */
  tooLarge(): void
}

/**
 * What others were told of the state of a tree. The effects of a call and the account of it are told together, so that
 * nobody has one without the other, and a call is answered after that.
 */
export class ToldState {
  /** Calls that nobody was told of yet: their effects were not told, either. */
  private calls = new Map<string, Outcome | null>()
  private timer: NodeJS.Timeout | undefined
  private soon: NodeJS.Timeout | undefined
  private toldAt = 0
  private underWay = 0
  private arrived: Promise<unknown> = Promise.resolve()
  /** They wait for what is held back. */
  private waiting: (() => void)[] = []
  private stopped = false

  constructor(
    private readonly host: ToldHost,
    private readonly tree: TreeState,
    private readonly state: SharedState,
  ) {}

  /** A call begins, or has ended. */
  note([id, outcome]: CallRow): void {
    if (this.host.isKept && !this.state.tooLarge) this.calls.set(id, outcome)
    else this.state.calls.put([id, outcome])
  }

  /** A call goes on: that it began is told by itself, unless something else is told before. */
  noteSoon(delayMs: number): void {
    if (!this.host.isKept || this.soon !== undefined || this.stopped) return
    this.soon = setTimeout(() => {
      this.soon = undefined
      this.tell()
    }, delayMs).unref()
  }

  /** How a call ended; null while it runs, undefined where it never came. */
  find(id: string): Outcome | null | undefined {
    return this.calls.has(id) ? this.calls.get(id) : this.state.calls.find(id)
  }

  private get isDirty(): boolean {
    return this.tree.dirty || this.calls.size > 0
  }

  /** What changed, where it is to be told now. */
  take(evenIfLarge = false): StateNews | null {
    if (!this.isDirty || this.state.tooLarge) return null
    const leftMs = this.toldAt + this.pauseMs - performance.now()
    if (leftMs > 0 && !evenIfLarge) {
      this.timer ??= setTimeout(() => this.tellLater(), leftMs).unref()
      return null
    }
    this.toldAt = performance.now()
    const { slots, gone } = this.tree.take()
    const news = {
      version: this.state.version + 1,
      rows: slots.map((slot): StateRow => [slot.id, encodeSlot(slot)]),
      gone,
      calls: [...this.calls],
    }
    this.calls.clear()
    this.state.apply(news)
    if (this.state.length <= this.host.maxSharedState) return news
    this.state.giveUp()
    this.host.tooLarge()
    return { version: this.state.version, rows: [], gone: [], tooLarge: true }
  }

  private get pauseMs(): number {
    if (this.state.length > largeState) return largeStateDelayMs
    return this.host.isFollowed || this.calls.size > 0 ? 0 : gatherMs
  }

  tell(evenIfLarge = false): void {
    if (!this.host.isKept || this.stopped) return
    const news = this.take(evenIfLarge)
    if (news !== null) this.sent(this.host.say(news))
  }

  private tellLater(): void {
    this.timer = undefined
    this.tell()
    const waiting = this.waiting.splice(0)
    void this.arrived.then(() => {
      for (const callback of waiting) callback()
    })
  }

  /** What was taken is on its way. */
  sent(arrival: Promise<unknown>): void {
    this.underWay++
    this.arrived = Promise.all([this.arrived, arrival]).then(() => this.underWay--)
  }

  /** Calls back when the others know of all that changed so far. */
  whenTold(callback: () => void): void {
    if (this.stopped || !this.host.isKept) callback()
    else if (this.timer !== undefined) this.waiting.push(callback)
    else if (this.underWay === 0) callback()
    else void this.arrived.then(callback)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    clearTimeout(this.soon)
    for (const callback of this.waiting.splice(0)) callback()
  }
}
