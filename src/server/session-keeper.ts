import type { Body } from '../protocol/messages.ts'
import type { CallLog } from './call-log.ts'
import { CallsUnderWay, frameFactor } from './calls-under-way.ts'
import { diagnostics } from './diagnostics.ts'
import { describeError } from './errors-out.ts'
import type { KeeperHost, KeptParts } from './keeper-host.ts'
import { KeptEntries } from './kept-entries.ts'
import { cancelSave, scheduleSave } from './save-queue.ts'
import type { NamedSave, SessionEntries } from './session-store.ts'
import { callKey, encodeCall, pageKey, slotKey, treeKey } from './snapshot.ts'
import { type EntryChanges, SnapshotWriter } from './snapshot-writer.ts'

/**
 * Saves what changes of one session, off the path of its frames, one save at a time. The answer of a call waits for the
 * save with its effects. A save waits for calls that run, for a while: what they have done by half shall not be stored
 * without their answer. One that runs longer is stored as begun, and will not be run again.
 */
export class SessionKeeper {
  private readonly entries: KeptEntries
  private readonly underWay: CallsUnderWay
  private waiting: (() => void)[] = []
  private waitingApart: (() => void)[] = []
  private readonly writer: SnapshotWriter
  private scheduled = false
  private delay: NodeJS.Timeout | null = null
  private saving: Promise<void> | null = null
  /** What is being saved in this turn. */
  private inTurn: { entries: EntryChanges; told: readonly (() => void)[]; from: number } | null = null
  private again = false
  /** Whether something changed without a call since what changed was last taken to be saved, and was seen to wait already. */
  private news: 'none' | 'fresh' | 'waiting' = 'none'
  /** False where the store shall hear of the session though nothing changed. */
  private untouched = true
  /** False where the store lacks more than the changes. */
  private isWhole = true
  private ended = false
  readonly outlivesProcess: boolean

  private page: number

  /** @param saved what the store has of the session. */
  constructor(
    private readonly host: KeeperHost,
    private readonly key: string,
    saved: SessionEntries,
    private readonly session: KeptParts,
  ) {
    this.entries = new KeptEntries(saved, session.userId)
    this.page = Number(saved.get(pageKey) ?? 0)
    this.outlivesProcess = host.store.outlivesProcess
    this.underWay = new CallsUnderWay(host.snapshotDelayMs)
    this.writer = new SnapshotWriter(host, key, () => this.entries.stored)
  }

  /** No other call of any session has this id, and a call that is sent again has the same. */
  callId(call: number): string {
    return `${this.key}.${this.page}.${call}`
  }

  /** Another page goes on with the session: it may give its calls the same numbers. */
  newPage(): void {
    this.underWay.clear()
    this.entries.dropAll((key) => key.startsWith(callKey('')))
    this.entries.set(pageKey, String(++this.page))
  }

  /** A tree is no more. */
  dropTree(tree: number): void {
    if (this.ended) return
    const own = treeKey(tree)
    this.entries.dropAll((key) => key === own || key.startsWith(slotKey(tree, '')))
    this.changed()
  }

  /** Something changed without a call. */
  changed(): void {
    if (!this.outlivesProcess || this.ended) return
    if (this.news === 'none') this.news = 'fresh'
    if (this.delay === null && !this.scheduled) this.host.later.add(this)
  }

  lookLater(): boolean {
    const { news } = this
    if (news === 'waiting') this.run()
    if (news === 'fresh') this.news = 'waiting'
    return news === 'fresh'
  }

  begin(call: number): void {
    if (this.outlivesProcess) this.underWay.begin(call)
  }

  /** The call has done what it does; its answer waits for the frame with its effects. */
  finished(call: number): void {
    this.underWay.finished(call)
  }

  /** Calls back when everything up to now is stored, the answer of this call too: at once, where the store can. */
  answered(call: number, answer: Body | null, stored: () => void): void {
    this.underWay.ended(call)
    // Without an answer it was refused before it was a call.
    if (answer === null || this.ended) return stored()
    this.entries.set(callKey(call), encodeCall(answer))
    this.waiting.push(stored)
    if (!this.host.turn.areThere) return this.soon()
    this.host.turn.add(this)
    this.session.hold()
  }

  private get canSaveNow(): boolean {
    return this.saving === null && this.underWay.none && this.session.settled()
  }

  /** All that there is, to be saved with others. Null where something has begun meanwhile. */
  takeSave(): NamedSave | null {
    if (this.ended) return null
    if (!this.canSaveNow) {
      this.soon()
      return null
    }
    this.clearTimers()
    const told = this.takeTold(false)
    const entries = this.take()
    this.inTurn = { entries, told, from: diagnostics.snapshotSaved.hasSubscribers ? performance.now() : 0 }
    return this.writer.saveOf(entries)
  }

  saveEnded(isSaved: boolean): void {
    const { inTurn } = this
    this.inTurn = null
    if (inTurn === null) return
    const { entries, told, from } = inTurn
    if (!isSaved) return this.store(entries, told)
    this.writer.tell(entries, from, 'ok')
    this.tell(told)
  }

  /** The answer has arrived; that is told to the store with what comes next. */
  forget(call: number): void {
    this.underWay.ended(call)
    this.entries.drop(callKey(call))
  }

  /** Stores everything up to now, soon. */
  saved(): Promise<void> {
    if (this.ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.soon()
    })
  }

  /**
   * Stores, soon, what calls have no part in: what opens the session, and trees that are new. It waits for none: neither
   * may a browser that comes back, or mounts a root.
   */
  savedApart(): Promise<void> {
    if (this.ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.waitingApart.push(resolve)
      this.soon()
    })
  }

  /** Asks the store whether the session is still this server's; where it is not, it ends before this resolves. */
  confirm(): Promise<void> {
    this.untouched = false
    return this.savedApart()
  }

  /** Resolves when a tree that is new is stored. A store that does not answer holds nobody's first picture up for long. */
  born(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, frameFactor * this.host.snapshotDelayMs)
      void this.savedApart().then(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** In a turn of its own: by then React has committed what was set, transitions too, and frames have left. */
  private soon(): void {
    if (this.ended || this.scheduled) return
    this.scheduled = true
    scheduleSave(this)
  }

  /** Saves now; where the rest must wait for calls, what they have no part in. */
  run(): void {
    this.clearTimers()
    if (this.ended) return
    if (this.saving !== null) {
      this.again = true
      return
    }
    const apart = this.mustWait()
    if (apart && this.waitingApart.length === 0) return
    this.save(apart)
  }

  /** A call that is answered asks for a save by itself. */
  private mustWait(): boolean {
    const { leftMs } = this.underWay
    if (leftMs > 0) this.delay = setTimeout(() => this.run(), leftMs)
    return leftMs > 0
  }

  private save(apart: boolean): void {
    const told = this.takeTold(apart)
    const entries = apart ? this.takeApart() : this.take()
    if (entries.size === 0 && this.untouched) this.tell(told)
    else this.store(entries, told)
  }

  /** Those who will be told. */
  private takeTold(apart: boolean): (() => void)[] {
    this.again = false
    const { waiting, waitingApart } = this
    if (waitingApart.length > 0) this.waitingApart = []
    if (apart) return waitingApart
    this.waiting = []
    return waitingApart.length === 0 ? waiting : [...waiting, ...waitingApart]
  }

  private store(entries: EntryChanges, told: readonly (() => void)[]): void {
    this.saving = this.write(entries).then(() => {
      this.saving = null
      this.tell(told)
      if (this.again || this.waiting.length + this.waitingApart.length > 0) this.soon()
    })
  }

  private tell(told: readonly (() => void)[]): void {
    this.untouched = true
    for (const callback of told) callback()
  }

  private take(): EntryChanges {
    const { entries, session, underWay } = this
    this.news = 'none'
    return entries.take(session.secrets(), (changes) => {
      underWay.takeBegun(changes)
      session.collect(changes)
    })
  }

  private takeApart(): EntryChanges {
    const { entries, session } = this
    return entries.takeApart(session.secrets(), (changes) => session.collectNew(changes))
  }

  private async write(entries: EntryChanges): Promise<void> {
    const whole = this.isWhole ? entries : new Map([...entries, ...this.entries.stored])
    this.isWhole = true
    if (await this.writer.write(whole)) return
    this.end()
    this.session.taken()
  }

  /** Stores all that there is. Calls that run are not waited for. */
  saveAll(log: CallLog): Promise<void> {
    for (const { call, answer } of log.all()) this.entries.set(callKey(call), encodeCall(answer))
    this.underWay.clear()
    return this.saved()
  }

  /** Has everything that a tree of the session starts from, here and, where that outlives the process, in the store. */
  async readyForSleep(log: CallLog): Promise<void> {
    if (this.outlivesProcess) return this.saveAll(log)
    // The store gets it when the session leaves this process's memory, if it does: all that there is then, and what is gone.
    this.entries.putBack(new Map([...this.take()].filter(([, text]) => text === null)))
    this.isWhole = false
  }

  /** False where a value could not be stored. */
  get holdsAll(): boolean {
    return this.entries.holdsAll
  }

  get stored(): SessionEntries {
    return this.entries.stored
  }

  /** Lets the store know that the session is alive. */
  touch(): void {
    if (!this.outlivesProcess) return
    this.untouched = false
    void this.saved()
  }

  private clearTimers(): void {
    if (this.scheduled) cancelSave(this)
    if (this.delay !== null) clearTimeout(this.delay)
    this.scheduled = false
    this.delay = null
  }

  /** Nothing is saved any more. Answers that wait are for nobody. */
  end(): void {
    this.ended = true
    this.writer.end()
    this.clearTimers()
    this.host.later.delete(this)
    for (const resolve of [...this.waiting.splice(0), ...this.waitingApart.splice(0)]) resolve()
  }

  /** The session is over for good. */
  remove(): void {
    this.end()
    const { store, owner, onError } = this.host
    const removed = (this.saving ?? Promise.resolve()).then(() => store.remove(this.key, owner))
    removed.catch((error: unknown) => void describeError(error, 'snapshot_failed', onError))
  }
}
