import { LiverootError } from '../errors.ts'
import { writeOptions } from '../protocol/handler-options.ts'
import type { WithFiles } from './live-event.ts'
import type { AnyFunction } from './template.ts'

interface Times {
  /**
   * Waits until no event came for so long, and calls for the last one. What waits is called at once when the focus leaves
   * the element, its form is submitted, the element goes or the page is left.
   */
  readonly debounceMs?: number | undefined
  /** Calls at once, then at most once in so long, for the last event of that time. Ends early as `debounceMs` does. */
  readonly throttleMs?: number | undefined
}

interface Flags {
  /**
   * `true` keeps the browser from its own reaction (`preventDefault`). Without it that is done for submits and for
   * clicks on links, which would leave the page; `false` lets them.
   */
  readonly prevent?: boolean | undefined
  /** Ends the event's way through the elements (`stopPropagation`). */
  readonly stop?: boolean | undefined
  /** Calls for the first event only; a new element begins anew. */
  readonly once?: boolean | undefined
  /** On the way down, before the handlers of the elements inside: `onClick` becomes `onClickCapture`. */
  readonly capture?: boolean | undefined
  /**
   * React, as browsers do, listens to wheel and touch events so that they cannot be prevented, for scrolling must not
   * wait. `false` makes `prevent` work for `onWheel`, `onTouchStart` and `onTouchMove`; `true` prevents nothing,
   * whatever the event.
   */
  readonly passive?: boolean | undefined
  /**
   * Only these keys: names as in `KeyboardEvent.key`, in any case, with the modifiers before them, as `Enter`, `ctrl+s` or
   * `alt+shift+ArrowUp`. A space is `Space`, a plus is `Plus`. Modifiers that are not named must be up, but for Shift
   * beside a single character, which may take it to be typed. Keys that an input method is using never count. Events
   * without a key are not filtered.
   */
  readonly keys?: readonly string[] | undefined
  /**
   * At most one call under way: while there is one, only the last event waits, and it is sent when the answer is there.
   * For fast streams such as pointer moves.
   */
  readonly latest?: boolean | undefined
  /** Uploads the files of the event: those chosen in a file input, dropped, pasted, or in the form submitted. */
  readonly files?: boolean | undefined
}

interface Debounce extends Pick<Times, 'debounceMs'> {
  readonly throttleMs?: undefined
}

interface Throttle extends Pick<Times, 'throttleMs'> {
  readonly debounceMs?: undefined
}

/** What {@link on} takes; at most one of `debounceMs` and `throttleMs`. Without an option, all is as in React. */
export type OnOptions = Flags & (Debounce | Throttle)

/** The options of a function that {@link on} made, as they travel, and whether it is for the way down. */
interface Marked {
  [mark]?: { readonly options: string; readonly capture: boolean }
}

const mark = Symbol('liveroot.on')

/**
 * Says when the browser calls an event handler, and what it does beside. To be used where the handler is given:
 * `onInput={on((event) => search(event.target.value), { debounceMs: 300 })}`. Making it anew in every render costs
 * nothing on the wire. `.bind` keeps the options; a direct call ignores them.
 *
 * Calls that another one took the place of (`debounceMs`, `throttleMs`, `latest`) settle with it; events that the options
 * leave out resolve to `undefined`. Passed to a client component, the function keeps its options: those about time hold
 * for each element whose events it is called with, and for all calls without an event together. What waits then is called
 * at once when the live tree does not show the function any more, and, where the client component called it while it
 * handled an event, when the focus leaves the target of that event, or its form is submitted.
 *
 * @param handler a closure of a live component, or a server function.
 * @param options at most one of `debounceMs` and `throttleMs`, in milliseconds.
 * @returns a function of the same type.
 * @throws `bad_handler_options` for a time that is not a number of milliseconds, or a key with a space in it.
 */
export function on<Args extends unknown[], Result>(
  handler: (...args: WithFiles<Args>) => Result,
  options: OnOptions & { readonly files: true },
): (...args: Args) => Result
export function on<F extends AnyFunction>(handler: F, options: OnOptions): F
export function on(handler: AnyFunction, { capture, ...options }: OnOptions): AnyFunction {
  check(options)
  return markAs({ options: writeOptions(options), capture: capture === true }, handler)
}

function markAs(marks: Marked[typeof mark], handler: AnyFunction): AnyFunction {
  const marked: AnyFunction & Marked = (...args) => handler(...args)
  marked[mark] = marks
  marked.bind = bindMarked
  return marked
}

/** What JavaScript makes of a function by `bind` has none of its properties. */
function bindMarked(this: AnyFunction & Marked, self: unknown, ...args: unknown[]): AnyFunction {
  return markAs(this[mark], Function.prototype.bind.call(this, self, ...args))
}

/** The options that a function travels with; empty for all but those that {@link on} made. */
export function optionsOf(value: AnyFunction): string {
  return (value as Marked)[mark]?.options ?? ''
}

/** The prop of a host element under which React knows a handler. */
export function handlerProp(name: string, value: unknown): string {
  const capture = typeof value === 'function' && (value as Marked)[mark]?.capture === true
  return !capture || captureProp.test(name) ? name : `${name}Capture`
}

/** The names of the events `gotpointercapture` and `lostpointercapture` end so too. */
const captureProp = /(?<!on(?:Got|Lost)Pointer)Capture$/

function check({ debounceMs, throttleMs, keys = [] }: OnOptions): void {
  for (const ms of [debounceMs, throttleMs]) {
    if (ms !== undefined && !(Number.isFinite(ms) && ms >= 0)) {
      throw badOptions(`${ms} is not a number of milliseconds.`)
    }
  }
  const wrong = keys.find((key) => key === '' || key.includes(' '))
  if (wrong !== undefined) throw badOptions(`"${wrong}" is not a key; the space bar is "Space".`)
}

function badOptions(message: string): LiverootError {
  return new LiverootError('bad_handler_options', `on(): ${message}`)
}
