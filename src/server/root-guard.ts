import type { LiveSession } from '../live/session.ts'
import type { ErrorBody } from '../protocol/messages.ts'
import { describeError, type OnError } from './errors-out.ts'
import { type GuardAnswer, refusedBy } from './guard.ts'
import type { Match } from './routes.ts'

/** Asks the guard of a root's route, when the root is mounted and whenever the user is another. */
export class RootGuard {
  private asked = 0

  constructor(
    private readonly match: Match,
    private readonly session: () => LiveSession,
    private readonly onError: OnError,
  ) {}

  /**
   * Calls back with null where the guard lets the session in, else with why not; at once where it answers at once. Where
   * the guard is asked again meanwhile, only the newer answer counts.
   */
  ask(answered: (refusal: ErrorBody | null) => void): void {
    const mine = ++this.asked
    const done = (refusal: ErrorBody | null) => {
      if (this.asked === mine) answered(refusal)
    }
    try {
      const answer = this.match.route.guard?.(this.session(), this.match.props) ?? false
      if (isPromise(answer))
        answer.then(
          (late) => done(refusedBy(late)),
          (error) => done(this.failed(error)),
        )
      else done(refusedBy(answer))
    } catch (error) {
      done(this.failed(error))
    }
  }

  /** A guard that fails lets nobody in. */
  private failed(error: unknown): ErrorBody {
    return describeError(error, 'forbidden', this.onError, { route: this.match.route.pattern })
  }
}

function isPromise(answer: GuardAnswer | Promise<GuardAnswer>): answer is Promise<GuardAnswer> {
  return typeof (answer as { then?: unknown }).then === 'function'
}
