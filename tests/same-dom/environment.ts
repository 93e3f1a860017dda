import { AsyncResource } from 'node:async_hooks'
import { JSDOM } from 'jsdom'

/**
 * The browser and the clock of the test. Import this before React: React's scheduler and Flight's reader look at the
 * globals when they are loaded.
 *
 * Time is virtual. React delays the reveal of suspended content by 300 ms and more; here a timer fires as soon as
 * nothing else is left to do, so that a settled tree takes as long as its work and no longer.
 */
const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' })

const names = [
  'document',
  'navigator',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLInputElement',
  'HTMLSelectElement',
  'HTMLTextAreaElement',
  'HTMLFormElement',
  'HTMLIFrameElement',
  'Event',
] as const
define('window', window)
for (const name of names) define(name, window[name])
define('performance', { now: readClock })
define('__webpack_require__', (id: string) => browserModules.get(id))
define('__webpack_chunk_load__', () => Promise.resolve())

/** The server decodes forms as Node's own; the browser's are made of a form's fields. */
const NodeFormData = globalThis.FormData
class EitherFormData extends NodeFormData {
  constructor(form?: HTMLFormElement, submitter?: HTMLElement | null) {
    super()
    if (form === undefined) return
    const fields = new window.FormData(form as never, submitter as never)
    for (const [name, value] of fields) this.append(name, value as string)
  }
}
define('FormData', EitherFormData)

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** The modules of the browser's bundle, as Flight's reader asks for them. */
export const browserModules = new Map<string, object>()

/** Timers later than this are those of silent connections: nothing waits for them. */
const horizonMs = 2000

let now = 1000
let immediates = 0

/** What a busy machine took from this process so far, in milliseconds. */
let stolen = 0
let stealing = () => 0

/**
 * From now on, so many milliseconds are gone whenever somebody looks at the clock. React stops in the middle of a long
 * render to let other things happen; this makes every render a long one.
 */
export function stealTime(byMs: () => number): void {
  stealing = byMs
}

function readClock(): number {
  stolen += stealing()
  return now + stolen
}

class VirtualTimeout {
  constructor(
    readonly callback: () => void,
    readonly due: number,
  ) {}
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

const timers = new Set<VirtualTimeout>()

let lateness = () => 0

/** From now on, timers are late by what this returns, in milliseconds: those of about the same time change places. */
export function delayTimers(lateByMs: () => number): void {
  lateness = lateByMs
}

define('setTimeout', (callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) => {
  // Not `bind`, which costs several times as much.
  const scope = new AsyncResource('VirtualTimeout')
  const timer = new VirtualTimeout(
    () => scope.runInAsyncScope(() => callback(...args)),
    now + delay + lateness(),
  )
  timers.add(timer)
  return timer
})
define('clearTimeout', (timer: VirtualTimeout) => timers.delete(timer))

const realSetImmediate = globalThis.setImmediate
const realClearImmediate = globalThis.clearImmediate
const open = new Set<NodeJS.Immediate>()

define('setImmediate', (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
  const immediate = realSetImmediate(() => {
    open.delete(immediate)
    immediates--
    callback(...args)
  })
  open.add(immediate)
  immediates++
  return immediate
})
define('clearImmediate', (immediate: NodeJS.Immediate) => {
  if (open.delete(immediate)) immediates--
  realClearImmediate(immediate)
})

/** Returns when nothing is left to do: no microtask, no message on its way, no timer near. */
export async function settle(): Promise<void> {
  for (let i = 0; i < distance; i++) await pass(horizonMs)
}

let distance = 1

/** How many times as long it takes until nothing is left to do, where messages take their time. */
export function setDistance(times: number): void {
  distance = times
}

/** More timers than this, one after the other, are no work that comes to an end. */
const mostTimers = 20_000

/** Lets so much time pass, and no more: what takes longer is still under way then. */
export async function pass(ms: number): Promise<void> {
  const end = now + ms
  let fired = 0
  do {
    await quiet()
    if (++fired > mostTimers) throw new Error('It never comes to rest.')
  } while (fireNext(end))
  now = end
}

async function quiet(): Promise<void> {
  for (let turns = 0; turns < 2; turns = immediates === 0 ? turns + 1 : 0) {
    await new Promise<void>((resolve) => realSetImmediate(resolve))
  }
}

function fireNext(end: number): boolean {
  let next: VirtualTimeout | undefined
  for (const timer of timers)
    if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer
  if (next === undefined) return false
  timers.delete(next)
  now = Math.max(now, next.due)
  next.callback()
  return true
}

// Jest gives tests a process object of their own, which does not hear of failures; this is the real one.
const host = (realSetImmediate.constructor as FunctionConstructor)('return process')() as NodeJS.Process
const failures = ['unhandledRejection', 'uncaughtException']

/** Hears of failures that nobody caught, in place of whoever does otherwise. Returns the function that ends it. */
export function takeFailures(listener: (error: unknown) => void): () => void {
  const others = failures.map((name) => host.rawListeners(name) as (() => void)[])
  for (const name of failures) host.removeAllListeners(name).on(name, listener)
  return () => {
    failures.forEach((name, i) => {
      host.off(name, listener)
      for (const other of others[i] ?? []) host.on(name, other)
    })
  }
}
