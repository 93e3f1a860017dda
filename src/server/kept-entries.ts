import type { SessionEntries } from './session-store.ts'
import { isSlotKey, lacksValues, secretsKey, userKey } from './snapshot.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** What the store has of a session, by key, and what has changed since. */
export class KeptEntries {
  private readonly entries: Map<string, string>
  private changes: EntryChanges = new Map()

  /** @param saved what the store has. */
  constructor(saved: SessionEntries, userId: string | null) {
    this.entries = new Map(saved)
    if (!saved.has(userKey)) this.changes.set(userKey, JSON.stringify(userId))
  }

  /** What the store has, or is about to have. */
  get stored(): SessionEntries {
    return this.entries
  }

  set(key: string, text: string): void {
    this.changes.set(key, text)
  }

  /** It is not needed any more; the store hears of that with what comes next. */
  drop(key: string): void {
    if (this.entries.has(key)) this.changes.set(key, null)
    else this.changes.delete(key)
  }

  dropAll(isOne: (key: string) => boolean): void {
    for (const key of [...this.entries.keys(), ...this.changes.keys()]) {
      if (isOne(key)) this.changes.set(key, null)
    }
  }

  /** Takes all that changed, and what `collect` adds to it: the store is about to have it. */
  take(secrets: string, collect: (changes: EntryChanges) => void): EntryChanges {
    const { changes } = this
    this.changes = new Map()
    return this.taken(changes, secrets, collect)
  }

  /** The same, with nothing but whose the session is, what opens it, and what `collect` adds. */
  takeApart(secrets: string, collect: (changes: EntryChanges) => void): EntryChanges {
    const changes: EntryChanges = new Map()
    const user = this.changes.get(userKey)
    if (user !== undefined) changes.set(userKey, user)
    this.changes.delete(userKey)
    return this.taken(changes, secrets, collect)
  }

  private taken(
    changes: EntryChanges,
    secrets: string,
    collect: (changes: EntryChanges) => void,
  ): EntryChanges {
    collect(changes)
    if (secrets !== this.entries.get(secretsKey)) changes.set(secretsKey, secrets)
    for (const [key, text] of changes) {
      if (text === null) this.entries.delete(key)
      else this.entries.set(key, text)
    }
    return changes
  }

  /** Of what was taken, this is taken again with what comes next. */
  putBack(changes: EntryChanges): void {
    this.changes = changes
  }

  /** False where a value could not be stored. */
  get holdsAll(): boolean {
    for (const [key, text] of this.entries) if (isSlotKey(key) && lacksValues(text)) return false
    return true
  }
}
