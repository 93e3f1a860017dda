import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTopic } from '../../src/live/hooks.ts'
import type { LiveArgument } from '../../src/protocol/live-argument.ts'
import { type Route, route } from '../../src/server/routes.ts'
import { Finder, Probe } from './probe.tsx'

/** How many live components are mounted. */
export const mounted = { count: 0 }

function useCounted(): void {
  useEffect(() => {
    mounted.count++
    return () => void mounted.count--
  }, [])
}

function Counter({ name }: { name: string }): ReactNode {
  const [n, setN] = useState(0)
  useCounted()
  return (
    <button type="button" className={name} onClick={() => setN(n + 1)}>
      {n}
    </button>
  )
}

/** What a hostile browser gives for an event may be anything. */
function targetOf(event: { currentTarget?: unknown } | null | undefined): Record<string, unknown> {
  return (event?.currentTarget ?? {}) as Record<string, unknown>
}

function Fields(): ReactNode {
  const [text, setText] = useState('')
  const [on, setOn] = useState(false)
  const [sent, setSent] = useState('')
  return (
    <form
      action={(data: unknown) => setSent(data instanceof FormData ? [...data.keys()].join() : typeof data)}
    >
      <input name="text" value={text} onChange={(event) => setText(String(targetOf(event).value))} />
      <input type="checkbox" checked={on} onChange={(event) => setOn(Boolean(targetOf(event).checked))} />
      <p>{`${text} ${on} ${sent}`.slice(0, 200)}</p>
    </form>
  )
}

function Row({ id }: { id: number }): ReactNode {
  return <li onClick={() => {}}>Row {id}</li>
}

function Rows(): ReactNode {
  const [ids, setIds] = useState([1, 2, 3])
  useTopic<unknown>('rows', () => setIds((all) => [...all.slice(-8), (all.at(-1) ?? 0) + 1]))
  return (
    <ul>
      <button
        type="button"
        className="add"
        onClick={() => setIds([Math.max(0, ...ids) + 1, ...ids].slice(0, 9))}
      />
      <button type="button" className="turn" onClick={() => setIds([...ids].reverse())} />
      {ids.map((id) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  )
}

async function Later(): Promise<ReactNode> {
  await new Promise((resolve) => setTimeout(resolve, 5))
  return <b>later</b>
}

/** Ends when its reader has left; else after a while. */
async function* count(to: unknown): AsyncGenerator<unknown> {
  for (let n = 0; n < Math.min(Number(to) || 3, 50); n++) yield { n }
}

async function* find(text: LiveArgument<string>): AsyncGenerator<string> {
  if (typeof (text as Partial<AsyncIterable<string>> | undefined)?.[Symbol.asyncIterator] !== 'function')
    return
  for await (const word of text)
    yield `found ${String(typeof word === 'string' ? word : typeof word).slice(0, 20)}`
}

function App(): ReactNode {
  const [open, setOpen] = useState(false)
  const soon = open ? new Promise((resolve) => setTimeout(resolve, 5, 'soon')) : null
  return (
    <main>
      <Counter name="first" />
      <Fields />
      <Rows />
      <Suspense fallback="loading">
        <Later />
      </Suspense>
      <Probe
        date={new Date(0)}
        map={new Map([[1, new Set(['a'])]])}
        big={10n ** 20n}
        soon={soon}
        echo={(...args: unknown[]) => args}
        open={() => setOpen(!open)}
        slowly={async () => ({ now: 1, later: new Promise((resolve) => setTimeout(resolve, 5, 'then')) })}
        weigh={(file: unknown) => (file instanceof Blob ? file.size : -1)}
        count={count}
        poison={() => void Promise.reject(new Error('poison'))}
        fail={() => {
          throw new Error('asked for')
        }}
      >
        <Counter name="inside" />
      </Probe>
      <Suspense>
        <Finder find={find} />
      </Suspense>
    </main>
  )
}

/** What is under attack, and a counter for bystanders. */
export const routes: readonly Route[] = [route('/app/:id', App), route('/counter', Counter as never)]
