import '../support/dom.ts'
import type { LiveArgument } from 'liveroot'
import { live, useLiveStream } from 'liveroot/client'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, Suspense, useState } from 'react'
import { click, deferred, quietConsole, text, until, wait } from './support.ts'

quietConsole()

type Ask = (...args: unknown[]) => Promise<unknown>
let ask: Ask = async () => {}
const Probe = clientComponent('StreamsProbe', ({ ask: given }: { ask: unknown }): ReactNode => {
  ask = given as Ask
  return null
})

/** Counts, and tells how far it came and whether it was stopped. */
function counter() {
  const state = { made: 0, stopped: false }
  async function* count(to: number) {
    try {
      while (state.made < to) yield ++state.made
    } finally {
      state.stopped = true
    }
  }
  return { state, count }
}

test('an async iterable arrives value by value, and ends', async () => {
  const { state, count } = counter()
  const screen = await renderLive(<Probe ask={count} />)
  const values: unknown[] = []
  for await (const value of (await ask(25)) as AsyncIterable<unknown>) values.push(value)
  expect(values).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
  expect(state.stopped).toBe(true)
  await screen.unmount()
})

test('the server makes no more than the reader takes, and a window', async () => {
  const { state, count } = counter()
  const screen = await renderLive(<Probe ask={count} />)
  const iterator = ((await ask(1_000)) as AsyncIterable<number>)[Symbol.asyncIterator]()
  await screen.settled()
  expect(state.made).toBe(0)
  for (let i = 1; i <= 20; i++) expect(await iterator.next()).toEqual({ done: false, value: i })
  await screen.settled()
  expect(state.made).toBeGreaterThanOrEqual(20)
  expect(state.made).toBeLessThanOrEqual(28)
  await screen.unmount()
})

test('a reader that leaves stops the function; so does a page that goes away', async () => {
  const first = counter()
  const second = counter()
  const screen = await renderLive(<Probe ask={(which: number) => [first, second][which]?.count(1_000)} />)
  for await (const value of (await ask(0)) as AsyncIterable<number>) if (value === 3) break
  await until(() => first.state.stopped)
  const iterator = ((await ask(1)) as AsyncIterable<number>)[Symbol.asyncIterator]()
  await iterator.next()
  expect(second.state.stopped).toBe(false)
  await screen.unmount()
  await until(() => second.state.stopped)
})

test('values are everything that a result can be, streams in a result too', async () => {
  const screen = await renderLive(
    <Probe
      ask={() => ({
        name: 'both',
        items: (async function* () {
          yield new Map([[1n, new Date(7)]])
          yield <b>element</b>
        })(),
        bytes: new ReadableStream({
          start(controller) {
            controller.enqueue(new Uint8Array([0, 255]))
            controller.close()
          },
        }),
      })}
    />,
  )
  const { name, items, bytes } = (await ask()) as {
    name: string
    items: AsyncIterable<unknown>
    bytes: ReadableStream
  }
  expect(name).toBe('both')
  const values: unknown[] = []
  for await (const value of items) values.push(value)
  expect(values[0]).toEqual(new Map([[1n, new Date(7)]]))
  expect(values[1]).toMatchObject({ type: 'b', props: { children: 'element' } })
  const reader = bytes.getReader()
  expect(await reader.read()).toEqual({ done: false, value: new Uint8Array([0, 255]) })
  expect(await reader.read()).toEqual({ done: true, value: undefined })
  await screen.unmount()
})

test('a ReadableStream that is cancelled is cancelled on the server', async () => {
  let cancelled = false
  const screen = await renderLive(
    <Probe
      ask={() =>
        new ReadableStream({
          pull: (controller) => controller.enqueue('again'),
          cancel: () => {
            cancelled = true
          },
        })
      }
    />,
  )
  const reader = ((await ask()) as ReadableStream).getReader()
  expect(await reader.read()).toEqual({ done: false, value: 'again' })
  await reader.cancel()
  await until(() => cancelled)
  await screen.unmount()
})

test('what a stream throws reaches the reader with a digest, after the values before it', async () => {
  const logged: string[] = []
  const screen = await renderLive(
    <Probe
      ask={async function* () {
        yield 'one'
        throw new Error('secret')
      }}
    />,
    { onError: (_, { code }) => void logged.push(code) },
  )
  const iterator = ((await ask()) as AsyncIterable<string>)[Symbol.asyncIterator]()
  expect(await iterator.next()).toEqual({ done: false, value: 'one' })
  await expect(iterator.next()).rejects.toMatchObject({ code: 'handler_failed', digest: expect.any(String) })
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(logged).toEqual(['handler_failed'])
  await screen.unmount()
})

test('more streams than a session may have are refused, and stopped', async () => {
  const made = [counter(), counter(), counter()]
  const screen = await renderLive(<Probe ask={() => made.map(({ count }) => count(9))} />, {
    limits: { maxStreams: 2 },
  })
  await expect(ask()).rejects.toMatchObject({ code: 'too_many_streams' })
  await screen.unmount()
})

describe('useLiveStream', () => {
  interface FollowProps {
    readonly follow: (text: LiveArgument<string>, step: number) => AsyncIterable<string>
  }

  const Follow = clientComponent('Follow', ({ follow }: FollowProps) => {
    const [word, setWord] = useState('a')
    const [step, setStep] = useState(1)
    const value: string = useLiveStream(follow, [live(word), step])
    return (
      <p>
        {value}
        <button id="word" type="button" onClick={() => setWord(`${word}${word}`)} />
        <button id="step" type="button" onClick={() => setStep(step + 1)} />
      </p>
    )
  })

  test('suspends for the first value only; live arguments change without another call; others begin again', async () => {
    const begun: number[] = []
    const stopped: number[] = []
    const gate = deferred()
    async function* follow(word: LiveArgument<string>, step: number) {
      begun.push(step)
      if (step === 2) await gate.promise
      try {
        for await (const newest of word) yield `${newest}-${step}`
      } finally {
        stopped.push(step)
      }
    }
    const screen = await renderLive(
      <Suspense fallback="waiting">
        <Follow follow={follow} />
      </Suspense>,
    )
    await until(() => text(screen) === 'a-1')
    await click(screen, '#word')
    await until(() => text(screen) === 'aa-1')
    expect(begun).toEqual([1])
    await click(screen, '#step')
    await until(() => begun.length === 2)
    expect([text(screen), stopped]).toEqual(['aa-1', [1]])
    gate.resolve()
    await until(() => text(screen) === 'aa-2')
    await screen.unmount()
    await until(() => stopped.length === 2)
  })

  const Plain = clientComponent('PlainFollow', ({ follow }: { follow: () => AsyncIterable<number> }) => (
    <p>{useLiveStream(follow, [])}</p>
  ))

  test('keeps the last value when the stream ends, and throws what it throws', async () => {
    const end = await renderLive(
      <Suspense fallback="waiting">
        <Plain
          follow={async function* () {
            yield 1
            yield 2
          }}
        />
      </Suspense>,
    )
    await until(() => text(end) === '2')
    await wait(20)
    expect(text(end)).toBe('2')
    await end.unmount()
    const fails = await renderLive(
      <Plain
        follow={async function* () {
          yield 1
          throw new Error('broken')
        }}
      />,
      { onError: () => {} },
    )
    await until(() => text(fails) === 'error: handler_failed')
    await fails.unmount()
  })
})
