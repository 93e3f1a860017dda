import type { HandlerOptions } from '../protocol/handler-options.ts'
import { callWhileLeaving } from './calls-of-event.ts'

type Send = () => Promise<unknown>

interface Waiting {
  /** The last event's; those before it are forgotten, and settle with it. */
  send: Send
  readonly answer: Promise<unknown>
  resolve(value: unknown): void
}

/** A function that a live tree shows; `owner` is the tree, as the browser has it. */
export interface ShownFunction {
  readonly owner: object
  readonly slot: number
  readonly path: string
}

/** Everything in which a call waits. */
const waitingTimings = new Set<CallTiming>()

/**
 * When the calls of one handler of one element are sent: `once`, `debounceMs`, `throttleMs` and `latest`. Events that are
 * left out resolve to undefined.
 */
export class CallTiming {
  private waiting: Waiting | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastSent = Number.NEGATIVE_INFINITY
  private underWay = 0
  /** True where only the answer of the call under way is waited for. */
  private due = false
  private done = false

  /**
   * @param element whose handler it is; null where calls come without an event: then it is where the user was when the
   *   last one came.
   * @param shown the function itself, where no element tells when it goes.
   */
  constructor(
    public element: Element | null,
    readonly shown: ShownFunction | null = null,
  ) {}

  /** @param type of the event that asks for the call. */
  call(send: Send, options: HandlerOptions, type: string): Promise<unknown> {
    if (options.once && this.done) return Promise.resolve()
    this.done = true
    this.type = type
    const { answer } = this.wait(send)
    this.schedule(options)
    return answer
  }

  /** That of the event that waits. */
  type = ''

  /** Sends what waits, now. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.due = false
    waitingTimings.delete(this)
    const { waiting } = this
    if (waiting === null) return
    this.waiting = null
    this.lastSent = performance.now()
    this.underWay++
    const answer = waiting.send()
    waiting.resolve(answer)
    const ended = () => {
      this.underWay--
      if (this.due && this.underWay === 0) this.flush()
    }
    answer.then(ended, ended)
  }

  private wait(send: Send): Waiting {
    if (this.waiting !== null) {
      this.waiting.send = send
      return this.waiting
    }
    let resolve: Waiting['resolve'] = () => {}
    const answer = new Promise<unknown>((settle) => {
      resolve = settle
    })
    waitingTimings.add(this)
    this.waiting = { send, answer, resolve }
    return this.waiting
  }

  private schedule({ debounceMs, throttleMs, latest = false }: HandlerOptions): void {
    if (debounceMs !== undefined) {
      clearTimeout(this.timer)
      return this.after(debounceMs, latest)
    }
    if (throttleMs === undefined) return this.release(latest)
    if (this.timer !== undefined || this.due) return
    const left = this.lastSent + throttleMs - performance.now()
    if (left <= 0) this.release(latest)
    else this.after(left, latest)
  }

  private after(ms: number, latest: boolean): void {
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.release(latest)
    }, ms)
  }

  private release(latest: boolean): void {
    if (latest && this.underWay > 0) this.due = true
    else this.flush()
  }
}

/** Sends what waits where the user goes on from: a field that the focus leaves, a form that is submitted, the page. */
function flushWhere(leaves: (element: Element) => boolean, type: string): void {
  for (const timing of [...waitingTimings]) {
    const { element } = timing
    // What waits for a pause in just such events goes on waiting.
    if (timing.type !== type && element !== null && leaves(element)) timing.flush()
  }
}

function formOf(element: Element): Element | null {
  return (element as HTMLInputElement).form ?? element.closest('form')
}

/** Before the handlers of the event itself: what was entered is known when the submit is. */
export function flushOnLeaving(): void {
  if (listening || typeof window === 'undefined') return
  listening = true
  window.addEventListener(
    'focusout',
    ({ target }) => flushWhere((element) => element.contains(target as Node), 'blur'),
    true,
  )
  window.addEventListener(
    'submit',
    ({ target }) => flushWhere((element) => formOf(element) === target, 'submit'),
    true,
  )
  window.addEventListener('pagehide', () => [...waitingTimings].forEach(flush), true)
}

let listening = false

function flush(timing: CallTiming): void {
  timing.flush()
}

/** Sends what waits in functions that a tree shows no more, while what was on screen until now is what calls are for. */
export function flushGone(owner: object, isShown: (slot: number, path: string) => boolean): void {
  for (const timing of [...waitingTimings]) {
    const { shown } = timing
    if (shown?.owner === owner && !isShown(shown.slot, shown.path)) callWhileLeaving(() => timing.flush())
  }
}
