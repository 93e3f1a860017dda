import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { lockFile } from './file-lock.ts'
import { type KeptSession, KeptSessions } from './kept-sessions.ts'
import { RecordLog } from './record-log.ts'
import type { NamedSave, SeenEntry, SessionEntries, SessionSave, SessionStore } from './session-store.ts'

/** What {@link fileStore} takes. */
export interface FileStoreOptions {
  /** The file; its folder is made. One process at a time may use it. */
  readonly path: string
  /**
   * How often the system is asked to bring what was written to the disk, in milliseconds. What was acknowledged survives
   * the end of the process in any case; when the machine itself fails, up to this much is lost. 1,000; 0 never asks.
   */
  readonly syncMs?: number
}

/** The file is made anew when it has this many bytes, and twice what it needs. */
const smallest = 4_194_304

/**
 * Keeps sessions in one file of this machine, with nothing to install: they outlive the process, also when it is killed.
 * What sessions hold is kept in memory beside that.
 *
 * @throws `store_in_use`, when the server starts, while another process uses the file; `store_of_other_format` where the
 *   file is something else, or of another version of Liveroot. It is not touched then.
 */
export function fileStore(options: FileStoreOptions): SessionStore {
  return new FileStore(options)
}

class FileStore implements SessionStore {
  readonly outlivesProcess = true
  private readonly path: string
  private readonly syncMs: number
  private readonly sessions = new KeptSessions()
  private readonly opened: Promise<void>
  /** Null while nothing can be written: the file is being opened, or made anew. */
  private log: RecordLog | null = null
  /** Resolves when that has ended, and what waited is written. */
  private ready: Promise<void> = Promise.resolve()
  private waiting: string[] = []
  private unlock: () => void = () => {}
  private syncTimer: NodeJS.Timeout | null = null
  private neededAtLast = 0
  /** True where the file lacks something that memory has. */
  private incomplete = false

  constructor({ path, syncMs = 1_000 }: FileStoreOptions) {
    this.path = resolve(path)
    this.syncMs = syncMs
    this.opened = this.open()
    // Whoever uses the store first is told.
    this.opened.catch(() => {})
  }

  private async open(): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true })
    this.unlock = lockFile(this.path)
    try {
      const log = await RecordLog.open(this.path, format, (record) => this.replay(record))
      for (const session of [...this.sessions.all.keys()]) this.sessions.get(session)
      await this.rewrite(log)
      this.log = log
    } catch (error) {
      this.unlock()
      throw error
    }
  }

  private replay(record: string): void {
    for (const change of record.split(separator)) this.replayChange(change)
  }

  private replayChange(text: string): void {
    const [session, owner, expiresAt, ...flat] = JSON.parse(text) as FileChange
    if (owner === null) return void this.sessions.all.delete(session)
    // While the file is read, they are nobody else's.
    const entries = (this.sessions.all.get(session)?.entries ?? new Map()) as Map<string, string>
    this.sessions.all.set(session, { owner, expiresAt, entries })
    for (let at = 0; at < flat.length; at += 2) {
      const [key, text] = [flat[at] as string, flat[at + 1] as string | null]
      if (text === null) entries.delete(key)
      else entries.set(key, text)
    }
  }

  private *records(): Iterable<string> {
    for (const [session, { owner, expiresAt, entries }] of this.sessions.all) {
      yield changeOf(session, owner, expiresAt, entries)
    }
  }

  async prepare(): Promise<void> {
    await this.opened
  }

  get healthy(): boolean {
    return !this.incomplete
  }

  async load(session: string): Promise<SessionEntries | null> {
    await this.opened
    return this.sessions.load(session)
  }

  async claim(session: string, owner: string, seen?: SeenEntry): Promise<SessionEntries | null> {
    await this.opened
    const entries = this.sessions.claim(session, owner, seen)
    if (entries === null) return null
    const { expiresAt } = this.sessions.get(session) as KeptSession
    await this.write(changeOf(session, owner, expiresAt, []))
    return entries
  }

  async save(session: string, owner: string, save: SessionSave): Promise<void> {
    await this.opened
    const entries = this.sessions.save(session, owner, save)
    await this.write(changeOf(session, owner, save.expiresAt, entries))
  }

  saveNow(saves: readonly NamedSave[]): readonly boolean[] {
    const { log } = this
    if (log === null || this.incomplete) return []
    const changes: string[] = []
    const saved = saves.map((save) => {
      const { session, owner, expiresAt } = save
      const written = this.sessions.saveOwn(session, owner, save)
      // `save` tells whose it is now.
      if (written === null) return false
      changes.push(changeOf(session, owner, expiresAt, written))
      return true
    })
    this.append(log, changes)
    return saved
  }

  async remove(session: string, owner: string): Promise<void> {
    await this.opened
    if (this.sessions.remove(session, owner)) await this.write(changeOf(session, null, 0, []))
  }

  private async write(text: string): Promise<void> {
    const { log } = this
    if (log !== null && !this.incomplete) return this.append(log, [text])
    this.waiting.push(text)
    if (log !== null) this.renew(log)
    return this.ready
  }

  private append(log: RecordLog, changes: readonly string[]): void {
    if (changes.length === 0) return
    try {
      log.append(changes.join(separator))
    } catch (error) {
      // Those who asked try again, with what changed; others, such as who removed a session, do not.
      this.incomplete = true
      throw error
    }
    this.syncSoon(log)
    if (log.size >= smallest && log.size >= 2 * this.neededAtLast) this.renew(log)
  }

  private renew(log: RecordLog): void {
    this.ready = this.renewed(log)
    // Those who wait for it are told.
    this.ready.catch(() => {})
  }

  /** Makes the file anew. What comes meanwhile is written after. */
  private async renewed(log: RecordLog): Promise<void> {
    this.log = null
    let failure: { readonly error: unknown } | null = null
    try {
      await this.rewrite(log)
    } catch (error) {
      // Not again before the file is twice as large. Where it has all, what was asked for is written all the same.
      this.neededAtLast = log.size
      if (this.incomplete) failure = { error }
    }
    const waiting = this.waiting.splice(0)
    this.log = log
    if (failure !== null) throw failure.error
    this.append(log, waiting)
  }

  /** Writes down what memory has. */
  private async rewrite(log: RecordLog): Promise<void> {
    await log.replace(this.records())
    this.neededAtLast = log.size
    this.incomplete = false
  }

  private syncSoon(log: RecordLog): void {
    if (this.syncMs === 0 || this.syncTimer !== null) return
    this.syncTimer = setTimeout(() => {
      this.syncTimer = null
      log.sync().catch(() => {
        // Nobody knows what of it is on the disk.
        this.incomplete = true
      })
    }, this.syncMs)
    this.syncTimer.unref()
  }

  async close(): Promise<void> {
    this.sessions.close()
    await this.opened.catch(() => {})
    await this.ready.catch(() => {})
    const { log } = this
    if (log === null) return
    if (this.syncTimer !== null) clearTimeout(this.syncTimer)
    try {
      if (this.incomplete) await this.rewrite(log)
      else if (this.syncMs > 0) await log.sync()
    } finally {
      await log.close()
      this.unlock()
    }
  }
}

/** Of what the records are. Another number for every change that what is older cannot read. */
const format = 'liveroot sessions 1'

/** Stands between the changes that make a record: JSON has none of its own. */
const separator = '\n'

/**
 * A change of one session, as JSON: keys, each with its text after it. In one list, for an object with names that are never
 * the same again is dear to make. Without an owner, the session is gone.
 */
type FileChange = [
  session: string,
  owner: string | null,
  expiresAt: number,
  ...keysAndTexts: (string | null)[],
]

function changeOf(
  session: string,
  owner: string | null,
  expiresAt: number,
  entries: Iterable<readonly [string, string | null]>,
): string {
  const change: FileChange = [session, owner, expiresAt]
  for (const [key, text] of entries) change.push(key, text)
  return JSON.stringify(change)
}
