import type { NamedSave, SessionStore } from './session-store.ts'

interface Saver {
  run(): void
}

const waiting = new Set<Saver>()

/**
 * Runs what is to be saved in the next turn of the event loop, that of all sessions in one go: a store that writes what
 * comes together writes once.
 */
export function scheduleSave(saver: Saver): void {
  if (waiting.size === 0) setImmediate(runAll)
  waiting.add(saver)
}

export function cancelSave(saver: Saver): void {
  waiting.delete(saver)
}

function runAll(): void {
  const all = [...waiting]
  waiting.clear()
  for (const saver of all) saver.run()
}

interface LaterSaver {
  /** Saves what it was seen to have at the last look; true where it has something since, and shall be looked at again. */
  lookLater(): boolean
}

/**
 * Has what is to be saved without hurry saved after a while, `delayMs` at most. Nearly all of it is saved before, by a call
 * that is answered: one timer for all costs less than one each that is never heard, and to look twice less than to take
 * it back each time.
 */
export class LaterSaves {
  /** When each is due, in milliseconds since 1970; the earliest comes first. */
  private readonly dueAt = new Map<LaterSaver, number>()
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly delayMs: number) {}

  add(saver: LaterSaver): void {
    if (this.dueAt.has(saver)) return
    this.dueAt.set(saver, Date.now() + this.delayMs / 2)
    this.timer ??= setTimeout(this.runDue, this.delayMs / 2)
  }

  delete(saver: LaterSaver): void {
    this.dueAt.delete(saver)
  }

  private readonly runDue = (): void => {
    this.timer = null
    const now = Date.now()
    const due: LaterSaver[] = []
    for (const [saver, at] of this.dueAt) {
      if (at > now) {
        this.timer = setTimeout(this.runDue, at - now)
        break
      }
      this.dueAt.delete(saver)
      due.push(saver)
    }
    for (const saver of due) if (saver.lookLater()) this.add(saver)
  }
}

interface TurnSaver {
  /** What it wants to have saved; null where that cannot be now. */
  takeSave(): NamedSave | null
  saveEnded(isSaved: boolean): void
}

/**
 * Saves the sessions whose calls are done in one turn of the event loop together, when that turn has heard all connections
 * that have something to say: it is one write, however many they are.
 */
export class TurnSaves {
  private readonly waiting = new Set<TurnSaver>()

  constructor(private readonly store: SessionStore) {}

  /** False where the store always takes its time. */
  get areThere(): boolean {
    return this.store.saveNow !== undefined
  }

  add(saver: TurnSaver): void {
    if (this.waiting.size === 0) setImmediate(this.run)
    this.waiting.add(saver)
  }

  private readonly run = (): void => {
    const savers: TurnSaver[] = []
    const saves: NamedSave[] = []
    for (const saver of this.waiting) {
      const save = saver.takeSave()
      if (save === null) continue
      savers.push(saver)
      saves.push(save)
    }
    this.waiting.clear()
    const saved = this.saveNow(saves)
    savers.forEach((saver, i) => {
      saver.saveEnded(saved[i] === true)
    })
  }

  private saveNow(saves: readonly NamedSave[]): readonly boolean[] {
    try {
      return this.store.saveNow?.(saves) ?? []
    } catch {
      // It goes wrong again where that is seen to.
      return []
    }
  }
}
