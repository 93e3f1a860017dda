import { type ReactNode, useEffect, useReducer, useState } from 'react'
import { useTopic } from '../../src/live/hooks.ts'
import { clientComponent } from '../../src/testing/client-components.ts'
import { CountHere as CountHereView, calls } from './client-parts.tsx'

/** How many live components are mounted. */
export const mounted = { count: 0 }

/** What the calls of a session did, in few bytes: which values, in which order, how often. */
interface Sum {
  readonly count: number
  readonly hash: number
}

function fold({ count, hash }: Sum, value: number): Sum {
  return { count: count + 1, hash: (hash * 31 + value + 1) % 1_000_000_007 }
}

/** A value that was pushed: the newest version counts. */
export interface Push {
  readonly version: number
  readonly value: string
}

const Calls = clientComponent('ChaosCalls', calls)
const CountHere = clientComponent('ChaosCountHere', CountHereView)

export function ChaosPage({ client }: { client: string }): ReactNode {
  useEffect(() => {
    mounted.count++
    return () => void mounted.count--
  }, [])
  return (
    <main>
      <Values client={client} />
      <Counter />
      <Field />
      <Rows client={client} />
      <Pushed topic={`push/${client}`} />
      <CountHere />
    </main>
  )
}

function Values({ client }: { client: string }): ReactNode {
  const [sum, add] = useReducer(fold, { count: 0, hash: 0 })
  return (
    <section>
      <p className="values">
        {sum.count} {sum.hash}
      </p>
      <Calls
        client={client}
        add={(value: number) => {
          add(value)
          return value + 1
        }}
        addLater={async (value: number) => {
          await new Promise((resolve) => setTimeout(resolve, 5))
          add(value)
          return value + 1
        }}
      />
    </section>
  )
}

function Counter(): ReactNode {
  const [n, setN] = useState(0)
  return (
    <button type="button" className="count" onClick={() => setN(n + 1)}>
      {n}
    </button>
  )
}

function Field(): ReactNode {
  const [text, setText] = useState('')
  return (
    <label>
      <input value={text} onChange={(event) => setText(String(event.currentTarget.value).slice(-12))} />
      <i>{text}</i>
    </label>
  )
}

function Rows({ client }: { client: string }): ReactNode {
  const [ids, setIds] = useState<readonly number[]>([])
  return (
    <ul>
      <Calls client={client} addRow={(id: number) => setIds((all) => [id, ...all].slice(0, 6))} />
      {ids.map((id) => (
        <Row key={id} id={id} />
      ))}
    </ul>
  )
}

function Row({ id }: { id: number }): ReactNode {
  const [on, setOn] = useState(false)
  return (
    <li className={on ? 'on' : 'off'} onClick={() => setOn(!on)}>
      Row {id}
    </li>
  )
}

function Pushed({ topic }: { topic: string }): ReactNode {
  const [pushed, setPushed] = useState<Push>({ version: 0, value: 'nothing' })
  useTopic<Push>(topic, (push) => setPushed((last) => (push.version > last.version ? push : last)))
  return <output>{pushed.value}</output>
}
