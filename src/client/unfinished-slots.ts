/** One frame, or a run of them. */
interface Update {
  readonly first: number
  readonly last: number
  readonly slots: Set<number>
  readonly kind: UpdateKind
}

/** Applied at once, in a transition, or in one that waits for content to come or for an action to end. */
export type UpdateKind = 'now' | 'transition' | 'held'

/** A page that is hidden shows none of what comes. Frames beyond these are not told apart. */
const maxUpdates = 100

const byStrength: readonly UpdateKind[] = ['now', 'transition', 'held']

/**
 * The frames that were applied and are not on screen yet, with the slots in them: of those the screen shows an older
 * state. React may hold back any transition together with one that waits, and show what was applied at once before it.
 */
export class UnfinishedSlots {
  /** By their numbers. */
  private updates: Update[] = []
  /** Slots that show more than what is on screen else: they came on screen when a later frame was here already. */
  private readonly ahead = new Map<number, number>()

  /** True where no transition waits. */
  get none(): boolean {
    return !this.updates.some(({ kind }) => kind === 'held')
  }

  /** True when a newer state of the slot is held back. */
  holds(slot: number): boolean {
    return this.updates.some(({ kind, slots }) => kind === 'held' && slots.has(slot))
  }

  /** The frame that a slot shows the state of, where the root as a whole shows that of `onScreen`. */
  seen(slot: number, onScreen: number): number {
    const shown = Math.max(onScreen, this.ahead.get(slot) ?? 0)
    const next = this.updates.find(({ slots }) => slots.has(slot))
    return next === undefined ? shown : Math.min(shown, next.first - 1)
  }

  add(slots: readonly number[], sequence: number, kind: UpdateKind): void {
    this.updates.push({ first: sequence, last: sequence, slots: new Set(slots), kind })
    if (this.updates.length > maxUpdates) this.joinOldest()
  }

  private joinOldest(): void {
    const [one, next] = this.updates.splice(0, 2) as [Update, Update]
    const kind = byStrength.findLast((each) => each === one.kind || each === next.kind) as UpdateKind
    for (const slot of next.slots) one.slots.add(slot)
    this.updates.unshift({ first: one.first, last: next.last, slots: one.slots, kind })
  }

  /** A slot came on screen with its newest state, that of `received`, which some of the frames here brought. */
  mounted(slot: number, received: number): void {
    let wasNews = false
    for (const { slots } of this.updates) wasNews = slots.delete(slot) || wasNews
    if (wasNews) this.ahead.set(slot, received)
  }

  /** All up to `onScreen` that was applied at once is on screen, and all transitions up to `finished`. */
  shown(onScreen: number, finished: number): void {
    for (const update of this.updates) {
      if (update.kind === 'now' && update.last <= onScreen) this.passOver(update)
    }
    this.updates = this.updates.filter(({ kind, last }) => last > (kind === 'now' ? onScreen : finished))
    for (const [slot, sequence] of this.ahead) if (sequence <= onScreen) this.ahead.delete(slot)
  }

  /** What was applied at once is shown in place of what transitions before it are to bring. */
  private passOver({ first, slots }: Update): void {
    for (const earlier of this.updates) {
      if (earlier.last >= first) return
      for (const slot of slots) earlier.slots.delete(slot)
    }
  }

  /** The last frame, up to `onScreen`, of which everything with all before it is on screen. */
  complete(onScreen: number): number {
    const next = this.updates.find(({ slots }) => slots.size > 0)
    return next === undefined ? onScreen : Math.min(onScreen, next.first - 1)
  }

  clear(): void {
    this.updates = []
    this.ahead.clear()
  }
}
