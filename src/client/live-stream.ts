import { LiverootError } from '../errors.ts'
import type { StartedCall } from './calls.ts'
import { isLive, live } from './live-value.ts'
import { knownFunction } from './server-function.ts'

/** What a stream has to show. */
export type Newest =
  | { readonly state: 'pending' }
  | { readonly state: 'value'; readonly value: unknown }
  | { readonly state: 'failed'; readonly error: unknown }

type StreamFunction = (...args: never[]) => unknown

/** A component that suspended for the first value renders again soon after it; React may also have dropped it. */
const unusedMs = 5_000
/** Longer than this nobody waits for a first value, unless a component is there that does. */
const unstartedMs = 60_000
const retryMs = 1_000

const streams = new WeakMap<StreamFunction, LiveStream[]>()

/**
 * The running stream of a function and its arguments. Kept here and not in the component, for a component that suspends
 * while it is mounted has no state: when it renders again, it must find the stream that it waited for. Components share
 * it, unless it has live arguments: then it belongs to the first that is mounted with it.
 */
export function streamOf(fn: StreamFunction, component: object, args: readonly unknown[]): LiveStream {
  const ofFunction = streams.get(fn) ?? []
  streams.set(fn, ofFunction)
  const found = ofFunction.find((stream) => stream.fits(component, args))
  if (found !== undefined) return found
  const stream: LiveStream = new LiveStream(fn, args, () => {
    ofFunction.splice(ofFunction.indexOf(stream), 1)
  })
  ofFunction.push(stream)
  return stream
}

export class LiveStream {
  /** Settles with the first value, or the failure. */
  readonly started: Promise<void>
  private start: () => void = () => {}
  private shown: Newest = { state: 'pending' }
  private readonly listeners = new Set<() => void>()
  private call: StartedCall | null = null
  private iterator: AsyncIterator<unknown> | null = null
  private live: readonly unknown[]
  private owner: object | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(
    private readonly fn: StreamFunction,
    private readonly args: readonly unknown[],
    private readonly onStopped: () => void,
  ) {
    this.live = args.filter(isLive).map(({ value }) => value)
    this.started = new Promise((resolve) => {
      this.start = resolve
    })
    this.stopUnlessUsed(unstartedMs)
    void this.run()
  }

  /** True for the same arguments; live ones may differ once the component has taken the stream for its own. */
  fits(component: object, args: readonly unknown[]): boolean {
    if (args.length !== this.args.length || !args.every((arg, i) => isSame(arg, this.args[i]))) return false
    if (this.live.length === 0 || this.owner === component) return true
    return this.owner === null && args.filter(isLive).every(({ value }, i) => Object.is(value, this.live[i]))
  }

  /** False where another component has it already. */
  take(component: object): boolean {
    if (this.live.length > 0) this.owner ??= component
    return this.live.length === 0 || this.owner === component
  }

  readonly newest = (): Newest => this.shown

  readonly subscribe = (listener: () => void): (() => void) => {
    clearTimeout(this.timer)
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
      // Not at once: React's StrictMode takes a component out and puts it back in one go.
      this.stopUnlessUsed(0)
    }
  }

  /** Tells the running function the new values of its live arguments. */
  update(values: readonly unknown[]): void {
    values.forEach((value, i) => {
      if (!Object.is(value, this.live[i])) this.call?.update(i, value)
    })
    this.live = values
  }

  private async run(): Promise<void> {
    try {
      this.call = this.begin()
      this.iterator = iteratorOf(await this.call.answer)
      for (;;) {
        const { done, value } = await this.iterator.next()
        if (done || this.stopped) break
        this.show({ state: 'value', value })
      }
      if (this.stopped) await this.iterator.return?.()
    } catch (error) {
      if (!this.stopped) this.failed(error)
    }
  }

  private begin(): StartedCall {
    let next = 0
    const args = this.args.map((arg) => (isLive(arg) ? live(this.live[next++]) : arg))
    const known = knownFunction(this.fn)
    if (known === undefined) {
      throw new LiverootError('bad_arguments', 'useLiveStream was given a function that is not the server’s.')
    }
    return known.owner.start(known.reference, [...known.reference.bound, ...args])
  }

  /** What is shown stays while the connection is away. */
  private failed(error: unknown): void {
    if (!(error instanceof LiverootError) || error.code !== 'connection_lost') {
      return this.show({ state: 'failed', error })
    }
    setTimeout(() => {
      if (!this.stopped) void this.run()
    }, retryMs)
  }

  private show(newest: Newest): void {
    const isFirst = this.shown.state === 'pending'
    this.shown = newest
    this.start()
    if (isFirst) this.stopUnlessUsed(unusedMs)
    for (const listener of this.listeners) listener()
  }

  private stopUnlessUsed(afterMs: number): void {
    clearTimeout(this.timer)
    if (this.listeners.size > 0) return
    this.timer = setTimeout(() => {
      if (this.listeners.size === 0) this.stop()
    }, afterMs)
  }

  private stop(): void {
    this.stopped = true
    this.onStopped()
    this.iterator?.return?.().catch(() => {})
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (isLive(a) && isLive(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || isLive(a) || isLive(b)) return false
  return isData(a) && isData(b) && JSON.stringify(a) === JSON.stringify(b)
}

/** What JSON tells apart. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  return isPlain && Object.values(value).every(isData)
}

function iteratorOf(result: unknown): AsyncIterator<unknown> {
  if (result instanceof ReadableStream) return readerIterator(result.getReader())
  const iterate = (result as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator]
  if (typeof iterate === 'function') return iterate.call(result)
  throw new LiverootError(
    'bad_arguments',
    'The function given to useLiveStream returned neither an async iterable nor a ReadableStream.',
  )
}

/** Not every browser's ReadableStream is iterable itself. */
function readerIterator(reader: ReadableStreamDefaultReader<unknown>): AsyncIterator<unknown> {
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: async () => {
      await reader.cancel()
      return { done: true, value: undefined }
    },
  }
}
