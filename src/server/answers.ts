import { encode } from '../protocol/codec.ts'
import type { Body, ErrorBody, Message } from '../protocol/messages.ts'
import { CallLog } from './call-log.ts'
import { refusalOf } from './errors-out.ts'

export type Answer = Message<'result' | 'callError'>

/** What answers use of their session. */
export interface AnswerHost {
  readonly maxLoggedBytes: number
  /** How many of the browser's messages have come so far. */
  readonly handled: number
  sendAnswer(call: number, position: number, answer: Body): void
}

/** The answers of a session's calls: each call is answered once, and told its first answer where it comes again. */
export class Answers {
  readonly log: CallLog
  /** As which of the browser's messages a call that is not answered came. */
  private readonly positions = new Map<number, number>()
  /** Calls whose answers wait for their effects to be stored. */
  private readonly saving = new Set<number>()
  /** Another for each page: a call of a page that is gone is for nobody, and the next page may use its number. */
  page: object = {}

  /** @param onDelivered hears of every answer that is sent. */
  constructor(
    private readonly host: AnswerHost,
    private readonly onDelivered: () => void,
  ) {
    this.log = new CallLog(host.maxLoggedBytes, lostAnswer)
  }

  /** A call came. */
  came(call: number): void {
    this.positions.set(call, this.host.handled)
  }

  /** True for a call that came before. It is told its answer, now or when there is one. */
  repeated(call: number): boolean {
    const answer = this.log.find(call)
    if (answer === undefined) return false
    if (answer !== null && !this.saving.has(call)) this.deliver(call, answer)
    return true
  }

  /**
   * Sends an answer, once the effects of the call are stored where they are to be.
   *
   * @param page that made the call.
   * @param repeatable false where more of it follows, which cannot be told twice.
   * @param told hears whether it was sent, which it is not where nobody waits for it.
   */
  send(page: object, message: Answer, repeatable = true, told?: (isSent: boolean) => void): void {
    if (this.page !== page) return told?.(false)
    const { call } = message
    const answer = encode(message)
    this.log.answered(call, repeatable ? answer : lostAnswer(call))
    const { whenSaved } = this.log
    if (whenSaved === null) {
      this.deliver(call, answer)
      return told?.(true)
    }
    this.saving.add(call)
    whenSaved(call, () => {
      const isWanted = this.page === page
      if (isWanted) {
        this.saving.delete(call)
        this.deliver(call, answer)
      }
      told?.(isWanted)
    })
  }

  private deliver(call: number, answer: Body): void {
    const position = this.positions.get(call) ?? 0
    this.positions.delete(call)
    this.host.sendAnswer(call, position, answer)
    this.onDelivered()
  }

  /** How many calls that came have no answer on its way to the browser. */
  get waiting(): number {
    return this.positions.size
  }

  /**
   * What was on the way is lost. A page that goes on sends its unanswered calls again; of a new page nobody waits for them.
   */
  restart(isNewPage: boolean): void {
    this.positions.clear()
    if (!isNewPage) return
    this.page = {}
    this.saving.clear()
    this.log.clear()
  }
}

/** Of a call that was running when its server was lost. */
export function interruptedAnswer(call: number): Body {
  return encode(callError(call, refusalOf('call_interrupted')))
}

const lost = refusalOf('connection_lost')

/** Of a call that ran, where what it returned cannot be told (any more). */
function lostAnswer(call: number): Body {
  return encode(callError(call, lost))
}

export function callError(call: number, error: ErrorBody, sequence = 0): Message<'callError'> {
  return { type: 'callError', call, sequence, body: JSON.stringify(error) }
}
