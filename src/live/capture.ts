import { rendering } from './rendering.ts'
import { absent, type Stored } from './restoring.ts'
import { type Dispatcher, sharedInternals } from './shared-internals.ts'
import type { ComponentInfo } from './signature.ts'
import type { AnyFunction } from './template.ts'

/** The state that one render of a component had. */
export interface Captured {
  readonly component: ComponentInfo
  /** A letter per hook, in the order of their calls; see {@link hookNames}. */
  readonly kinds: string
  readonly values: readonly unknown[]
}

/** What the letters of {@link Captured.kinds} stand for. */
export const hookNames: Readonly<Record<string, string>> = {
  s: 'useState',
  r: 'useReducer',
  a: 'useActionState',
  c: 'this.state',
}

/** The state of one call of a component, as it is seen. As long as it is that of the call before, nothing is copied. */
class Recording {
  private count = 0
  private kinds: string
  private values: unknown[]
  private isCopy = false
  /** The component waits for a promise: what it throws is no error. */
  waits = false

  constructor(
    private readonly component: ComponentInfo,
    /** What the hooks start from; null where they start afresh. */
    readonly from: Stored['state'],
    /** Of the last call. */
    private readonly before: Captured | null,
  ) {
    this.kinds = before?.kinds ?? ''
    this.values = (before?.values ?? []) as unknown[]
  }

  /** The stored value for the next hook, in a box, where there is one. */
  next(kind: string): { readonly value: unknown } | null {
    const at = this.count
    if (this.from === null || this.from.kinds[at] !== kind) return null
    const value = this.from.values[at]
    return value === absent ? null : { value }
  }

  add(kind: string, value: unknown): void {
    const at = this.count++
    const same = at < this.kinds.length && this.kinds[at] === kind
    if (same && Object.is(this.values[at], value)) return
    if (!this.isCopy) this.values = this.values.slice()
    this.isCopy = true
    if (same) this.values[at] = value
    else {
      this.kinds = this.kinds.slice(0, at) + kind
      this.values.length = at
      this.values.push(value)
    }
  }

  /** What the component has; the object of the last call, where that is the same. */
  end(): Captured {
    const { component, count, before, kinds, values } = this
    if (before === null || kinds !== before.kinds || kinds.length !== count)
      return { component, kinds: kinds.slice(0, count), values: values.slice(0, count) }
    return this.isCopy ? { component, kinds, values } : before
  }

  /** True where other hooks were called than those whose values were stored. */
  get isOther(): boolean {
    return this.from !== null && this.from.kinds !== this.kinds.slice(0, this.count)
  }
}

let recording: Recording | null = null

/** What a component instance keeps between its calls. */
export interface CaptureMemo {
  /** What a snapshot has of it. */
  readonly stored?: Stored | null
  /** The state of the last call. */
  captured?: Captured
}

/** The state of the component that {@link callCaptured} called last. */
let last: Captured | null = null

/**
 * Calls a component, and records its state for the snapshot: every hook library and custom hook calls React's dispatcher
 * in the end, so that is where it is seen. A component that is mounted with stored state starts from that. What was
 * recorded is for {@link takeCaptured}.
 */
export function callCaptured(
  component: ComponentInfo,
  memo: CaptureMemo,
  call: AnyFunction,
  props: object,
): unknown {
  const outer = recording
  const before = sharedInternals.H
  const stored = memo.stored ?? null
  const from = component.durable ? (stored?.stateFor(component) ?? null) : null
  const own = new Recording(component, from, memo.captured ?? null)
  recording = own
  sharedInternals.H = before && delegateOf(before)
  try {
    const result = call(props)
    if (own.isOther) startAfresh(stored)
    last = memo.captured = component.durable ? own.end() : component.stateless
    return result
  } catch (error) {
    if (own.from === null || own.waits || isThenable(error)) throw error
    rendering.state?.restoreFailed(component.name, error)
    return startAfresh(stored)
  } finally {
    recording = outer
    sharedInternals.H = before
  }
}

export function takeCaptured(): Captured | null {
  const captured = last
  last = null
  return captured
}

/** Calls what renders an instance of a class; one that its stored state makes throw starts afresh. */
export function recovered<Result>(
  component: ComponentInfo,
  stored: Stored | null,
  render: () => Result,
): Result {
  try {
    return render()
  } catch (error) {
    if (stored === null || stored.state === null || !component.durable || isThenable(error)) throw error
    rendering.state?.restoreFailed(component.name, error)
    return startAfresh(stored)
  }
}

/**
 * The stored state does not fit. A component that suspends at its mount is thrown away with its hooks and mounted anew;
 * there is always a Suspense above.
 */
function startAfresh(stored: Stored | null): never {
  if (stored !== null) stored.state = null
  throw Promise.resolve()
}

const delegates = new WeakMap<Dispatcher, Dispatcher>()

function delegateOf(real: Dispatcher): Dispatcher {
  let delegate = delegates.get(real)
  if (delegate === undefined) {
    delegate = makeDelegate(real)
    delegates.set(real, delegate)
    delegates.set(delegate, delegate)
  }
  return delegate
}

/** React's hooks, with those that hold state recorded. */
function makeDelegate(real: Dispatcher): Dispatcher {
  return {
    ...real,
    useState(initial: unknown) {
      const stored = recording?.next('s')
      const result = real.useState(stored ? () => stored.value : initial)
      recording?.add('s', result[0])
      return result
    },
    useReducer(reducer: AnyFunction, initial: unknown, init?: AnyFunction) {
      const stored = recording?.next('r')
      const from = stored ? stored.value : initial
      const result = real.useReducer(reducer, from, stored ? undefined : init)
      recording?.add('r', result[0])
      return result
    },
    useActionState(action: AnyFunction, initial: unknown, permalink?: string) {
      const stored = recording?.next('a')
      const from = stored ? stored.value : initial
      const result = again(real.useActionState, action, from, permalink)
      recording?.add('a', result[0])
      return result
    },
    use: (usable: unknown) => again(real.use, usable),
  }
}

/** Where hooks wait for promises, React takes another dispatcher in the middle of a component. */
function again<Args extends unknown[], Result>(hook: (...args: Args) => Result, ...args: Args): Result {
  try {
    const result = hook(...args)
    const { H } = sharedInternals
    sharedInternals.H = H && delegateOf(H)
    return result
  } catch (error) {
    if (recording !== null) recording.waits = true
    throw error
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
