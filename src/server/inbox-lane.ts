/** How long what waits in the lane may keep everybody else waiting, in milliseconds; the last message may go over it. */
export const turnMs = 5

/** How long the messages of all connections may take in one turn of the event loop before the others wait in the lane. */
const allMs = 10

/** A connection with messages that wait. */
export interface InLane {
  /** It has had more than its share of the time: others go first. */
  readonly heavy: boolean
  /** Hands on its next message; false when there is none, and it has left. */
  step(): boolean
}

/**
 * The one lane in which the connections of a process wait, so that many that take long cost the others no more than one
 * does: they share one budget a turn of the event loop, a message each by turns.
 */
export class InboxLane {
  private readonly light: InLane[] = []
  private readonly heavy: InLane[] = []
  private spentMs = 0
  private counting = false
  private running = false

  /** False when the messages of this turn have taken their time: those that are still to come wait. */
  get open(): boolean {
    return this.spentMs <= allMs
  }

  /** Counts what was handed on outside the lane. */
  spend(ms: number): void {
    if (!this.counting) setImmediate(this.nextTurn)
    this.counting = true
    this.spentMs += ms
  }

  private readonly nextTurn = (): void => {
    this.counting = false
    this.spentMs = 0
  }

  add(inbox: InLane): void {
    this.push(inbox)
    if (this.running) return
    this.running = true
    // The first one still belongs to this turn.
    setImmediate(() => setImmediate(this.serve))
  }

  private push(inbox: InLane): void {
    const line = inbox.heavy ? this.heavy : this.light
    line.push(inbox)
  }

  private readonly serve = (): void => {
    const end = performance.now() + turnMs
    do {
      const next = this.light.shift() ?? this.heavy.shift()
      if (next === undefined) {
        this.running = false
        return
      }
      if (next.step()) this.push(next)
    } while (performance.now() < end)
    setImmediate(this.serve)
  }
}
