import { use, useEffect, useReducer, useRef, useState, useSyncExternalStore } from 'react'
import type { LiveArgument } from '../protocol/live-argument.ts'
import { streamOf } from './live-stream.ts'
import { isLive, type LiveValue } from './live-value.ts'

/** What a server function for {@link useLiveStream} returns. */
export type StreamOf<T> = AsyncIterable<T> | ReadableStream<T> | Promise<AsyncIterable<T> | ReadableStream<T>>

/** The arguments as the caller gives them: `live(value)` where the function takes a `LiveArgument`. */
export type StreamArguments<Args extends readonly unknown[]> = {
  readonly [Index in keyof Args]: Args[Index] extends LiveArgument<infer T> ? LiveValue<T> : Args[Index]
}

/**
 * Follows a stream of the server: calls a server function that returns an async iterable or a ReadableStream, and
 * returns its newest value. Suspends until the first one is there. Other arguments (compared by their content where
 * they are plain data) begin another stream; until its first value comes, the old value stays. An argument given as
 * `live(value)` begins nothing: the running function sees the new value. The stream is stopped, with `return()` on the
 * server, when the component is unmounted. After a lost connection the function is called again.
 *
 * ```tsx
 * // on the server: async function* find(text: LiveArgument<string>) { for await (const word of text) yield hits(word) }
 * const hits = useLiveStream(find, [live(text)])
 * ```
 *
 * @param fn a server function: a prop from a live component, or imported from a `'use server'` module.
 * @returns the newest value; the last one when the stream has ended.
 * @throws what the function throws, to the nearest error boundary.
 */
export function useLiveStream<Args extends readonly unknown[], T>(
  fn: (...args: Args) => StreamOf<T>,
  args: StreamArguments<Args>,
): T {
  const last = useRef<{ readonly value: unknown } | null>(null)
  const [component] = useState({})
  const [, lookAgain] = useReducer((count: number) => count + 1, 0)
  const stream = streamOf(fn as (...args: never[]) => unknown, component, args as readonly unknown[])
  const shown = useSyncExternalStore(stream.subscribe, stream.newest)
  const live = (args as readonly unknown[]).filter(isLive).map(({ value }) => value)

  useEffect(() => {
    if (shown.state === 'value') last.current = shown
  }, [shown])
  useEffect(() => {
    if (stream.take(component)) stream.update(live)
    else lookAgain()
  }, [stream, component, ...live])

  if (shown.state === 'failed') throw shown.error
  if (shown.state === 'value') return shown.value as T
  if (last.current === null) use(stream.started)
  return last.current?.value as T
}
