import { onDiagnostic } from 'liveroot/server'
import { until } from '../support/until.ts'

/** Counts, by session, how often trees fell asleep and woke, in all servers of this process. */
export class Sleepers {
  private readonly slept: string[] = []
  private readonly woken: string[] = []
  private readonly stops = [
    onDiagnostic('liveroot.session.asleep', ({ session }) => this.slept.push(session)),
    onDiagnostic('liveroot.session.awake', ({ session }) => this.woken.push(session)),
  ]

  get asleep(): number {
    return this.slept.length - this.woken.length
  }

  get wakes(): number {
    return this.woken.length
  }

  /** How often the session fell asleep. */
  times(session: string): number {
    return this.slept.filter((each) => each === session).length
  }

  until(asleep: number): Promise<void> {
    return until(
      () => this.asleep === asleep,
      () => `${this.asleep} asleep, ${this.wakes} woken`,
    )
  }

  stop(): void {
    for (const stop of this.stops) stop()
  }
}
