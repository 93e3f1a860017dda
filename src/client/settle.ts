import { isValidElement } from 'react'
import { mapContent, type Replace } from './map-content.ts'

const lazyTag = Symbol.for('react.lazy')

/** A part of a Flight payload that is loaded apart: a client module, or a row that was split off. */
interface Lazy {
  readonly $$typeof: symbol
  readonly _payload: Loading
  readonly _init: (payload: Loading) => unknown
}

interface Loading {
  readonly status: string
  then(resolve: () => void, reject: () => void): void
}

/**
 * Makes decoded content ready to be shown: waits for the client modules that it names, and puts rows that were split
 * off in their places, so that patches find what they address. Returns the content itself when nothing was to do.
 */
export function settle<T>(content: T): T | Promise<T> {
  const loading: Loading[] = []
  const look = (node: unknown): unknown => {
    if (isLazy(node)) return unwrap(node, loading, look)
    const { type } = (isValidElement(node) ? node : {}) as { type?: unknown }
    if (isLazy(type) && !isReady(type)) loading.push(type._payload)
    return node
  }
  const settled = mapContent(content, look) as T
  if (loading.length === 0) return settled
  return Promise.all(loading.map(arrival)).then(() => settle(settled))
}

function unwrap(lazy: Lazy, loading: Loading[], look: Replace): unknown {
  if (lazy._payload.status === 'fulfilled') return mapContent(lazy._init(lazy._payload), look)
  if (!isReady(lazy)) loading.push(lazy._payload)
  return lazy
}

/** What was waited for once is not waited for again, whether it came or failed. */
const arrived = new WeakSet<Loading>()

/** Resolves either way: a module that fails to load fails when it is rendered, where a boundary can catch it. */
function arrival(loading: Loading): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      arrived.add(loading)
      resolve()
    }
    loading.then(done, done)
  })
}

function isReady({ _payload }: Lazy): boolean {
  return arrived.has(_payload) || _payload.status === 'fulfilled'
}

function isLazy(value: unknown): value is Lazy {
  return typeof value === 'object' && value !== null && (value as Lazy).$$typeof === lazyTag
}
