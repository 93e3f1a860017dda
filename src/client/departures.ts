/** Something that leaves in its turn. */
export interface Departure {
  /** The call that it is, or that it is for. */
  readonly call: number | null
  /** Of a live argument, its place: a newer value takes the place of one that has not left. */
  readonly argument?: number
  /** False while it cannot leave yet; what is behind it waits too. */
  ready(): boolean
  send(): void
}

/**
 * What waits to leave, in the order in which it was asked for: calls, while the connection is away or the server has as
 * many as it takes, and what must not overtake them.
 */
export class Departures {
  private waiting: Departure[] = []

  /** @param onChange called when the number of calls that wait is another. */
  constructor(private readonly onChange: () => void) {}

  /** True while something waits: what is sent past it would overtake it. */
  get busy(): boolean {
    return this.waiting.length > 0
  }

  /** How many calls wait. */
  get calls(): number {
    return this.waiting.filter(isCall).length
  }

  add(departure: Departure): void {
    if (!this.busy && departure.ready()) return departure.send()
    const same = this.waiting.findIndex((each) => isSameArgument(each, departure))
    if (same >= 0) this.waiting[same] = departure
    else this.waiting.push(departure)
    if (isCall(departure)) this.onChange()
  }

  /** Before all others, in the order given. */
  addFirst(departures: readonly Departure[]): void {
    this.waiting = [...departures, ...this.waiting]
    if (departures.length > 0) this.onChange()
  }

  /** Lets go what can leave now. */
  pump(): void {
    const before = this.waiting.length
    for (let first = this.waiting[0]; first?.ready(); first = this.waiting[0]) {
      this.waiting.shift()
      first.send()
    }
    if (this.waiting.length !== before) this.onChange()
  }

  /** Forgets what belongs to calls that are not wanted any more. */
  drop(isUnwanted: (call: number | null) => boolean): void {
    const before = this.waiting.length
    this.waiting = this.waiting.filter(({ call }) => !isUnwanted(call))
    if (this.waiting.length !== before) this.onChange()
  }
}

function isCall({ call, argument }: Departure): boolean {
  return call !== null && argument === undefined
}

function isSameArgument(a: Departure, b: Departure): boolean {
  return b.argument !== undefined && a.argument === b.argument && a.call === b.call
}
