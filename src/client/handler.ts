import { type HandlerOptions, readOptions } from '../protocol/handler-options.ts'
import { CallTiming, flushOnLeaving } from './call-timing.ts'
import type { StartedCall } from './calls.ts'
import { callWhileLeaving, noteCall } from './calls-of-event.ts'
import {
  type EventLike,
  handlingElement,
  isEvent,
  nativeOf,
  preventNavigation,
  serializeEvent,
} from './events.ts'
import { attachable, passiveType } from './handler-refs.ts'
import { matchesKeys } from './key-filter.ts'
import { markPending, submittingElement } from './pending-marks.ts'
import {
  createFunction,
  type FunctionOwner,
  type FunctionReference,
  type ServerFunction,
} from './server-function.ts'

/**
 * Makes a function of a live tree, which is called for events: it says what the browser does with the event, when the
 * call is sent, and which elements wait for it.
 *
 * @param text the options of `on`, as they travelled; empty where there are none.
 */
export function createHandler(
  reference: FunctionReference,
  owner: FunctionOwner,
  text: string,
): ServerFunction {
  const handler = new Handler(owner, reference, text === '' ? {} : readOptions(text))
  const made = createFunction(reference, {
    start: (own, args) => handler.start(own, args),
    place: (own) => owner.place(own),
  })
  if (text !== '') optionTexts.set(made, text)
  if (handler.timed || handler.options.passive === false) {
    const listener = (event: Event) => void made(event)
    attachable.set(made, (element) =>
      handler.attach(element, passiveType(reference.path), listener, reference),
    )
  }
  return made
}

const optionTexts = new WeakMap<object, string>()

/** The options of a function that {@link createHandler} made. */
export function optionsOf(made: object): string | undefined {
  return optionTexts.get(made)
}

/** The timings of elements, by the paths of their handlers: a function that is sent anew goes on where it was. */
const timings = new WeakMap<Element, Map<string, CallTiming>>()

class Handler {
  readonly timed: boolean
  private readonly apart: CallTiming
  /** The elements whose events come past React. */
  private readonly attached = new WeakSet<Element>()

  constructor(
    private readonly owner: FunctionOwner,
    { slot, path }: FunctionReference,
    readonly options: HandlerOptions,
  ) {
    this.apart = new CallTiming(null, { owner, slot, path })
    const { once, debounceMs, throttleMs, latest } = options
    this.timed = Boolean(once || latest) || debounceMs !== undefined || throttleMs !== undefined
    if (this.timed) flushOnLeaving()
  }

  start(reference: FunctionReference, args: readonly unknown[]): StartedCall {
    const event = args.find(isEvent)
    if (event !== undefined && !this.takes(event)) return { answer: Promise.resolve(), update: () => {} }
    const element = event === undefined ? submittingElement(dispatched()) : handlingElement(event)
    const started = this.send(reference, args, event, element)
    const native = event === undefined ? dispatched() : nativeOf(event)
    const answer = element === null ? started.answer : markPending(element, started.answer)
    if (native !== undefined) noteCall(native, answer)
    return { ...started, answer }
  }

  /** False for events that are not the handler's; does what the browser shall do with those that are. */
  private takes(event: EventLike): boolean {
    const { keys, prevent, stop, passive } = this.options
    const native = nativeOf(event)
    const element = handlingElement(event)
    if (native !== event && element !== null && this.attached.has(element)) return false
    if (keys !== undefined && !matchesKeys(native, keys)) return false
    if (stop) event.stopPropagation()
    if (passive === true || prevent === false) return true
    if (prevent) event.preventDefault()
    else preventNavigation(event)
    return true
  }

  private send(
    reference: FunctionReference,
    args: readonly unknown[],
    event: EventLike | undefined,
    element: Element | null,
  ): StartedCall {
    const { path } = reference
    const { files } = this.options
    const captured = args.map((each) => (isEvent(each) ? serializeEvent(each, { path, files }) : each))
    if (!this.timed) return this.owner.start(reference, captured)
    let started: StartedCall | undefined
    const send = async () => {
      started = this.owner.start(reference, captured)
      return started.answer
    }
    const timing = event === undefined || element === null ? this.timingApart() : timingOf(element, path)
    const answer = timing.call(send, this.options, event?.type ?? '')
    return { answer, update: (argument, value) => started?.update(argument, value) }
  }

  /** A client component may call from the handler of an element of its own, with what it makes of the event. */
  private timingApart(): CallTiming {
    const target = dispatched()?.target
    if (target instanceof Element) this.apart.element = target
    return this.apart
  }

  /** Called when React puts the element in the page; what it returns, when React takes it out. */
  attach(
    element: Element,
    type: string | null,
    listener: (event: Event) => void,
    { path }: FunctionReference,
  ) {
    const native = type !== null && this.options.passive === false ? type : null
    const listening = { capture: path.endsWith('Capture'), passive: false }
    if (native !== null) {
      this.attached.add(element)
      element.addEventListener(native, listener, listening)
    }
    return () => {
      if (native !== null) element.removeEventListener(native, listener, listening)
      this.attached.delete(element)
      callWhileLeaving(() => timings.get(element)?.get(path)?.flush())
    }
  }
}

/** The event that the browser is dispatching, if any. */
function dispatched(): Event | undefined {
  return typeof window === 'undefined' ? undefined : window.event
}

function timingOf(element: Element, path: string): CallTiming {
  let own = timings.get(element)
  if (own === undefined) {
    own = new Map()
    timings.set(element, own)
  }
  let timing = own.get(path)
  if (timing === undefined) {
    timing = new CallTiming(element)
    own.set(path, timing)
  }
  return timing
}
