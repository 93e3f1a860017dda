import { callId, usePublish, useTopic } from 'liveroot'
import { type KeyboardEvent, useEffect, useReducer, useState } from 'react'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Lists the keys that were typed on it: every call, in order. */
function Typed() {
  const [keys, setKeys] = useState<string[]>([])
  return (
    <p id="typed" onKeyDown={(event: KeyboardEvent) => setKeys((all) => [...all, event.key])}>
      {keys.join(' ')}
    </p>
  )
}

/** A call that takes its time, and has effects before and after. */
function Slow() {
  const [steps, add] = useReducer((all: string[], step: string) => [...all, step], [])
  const run = async () => {
    add('begun')
    await wait(1_500)
    add('done')
  }
  return (
    <button id="slow" onClick={run}>
      {steps.join(' ')}
    </button>
  )
}

/** State that changes without a call. */
function Ticking() {
  const [ticks, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 100)
    return () => clearInterval(timer)
  }, [])
  return <i id="ticks">{ticks}</i>
}

function Heard() {
  const [heard, setHeard] = useState<string[]>([])
  const publish = usePublish()
  useTopic<string>('said', (text) => setHeard((all) => [...all, text]))
  return (
    <button id="heard" onClick={() => void publish('said', `said ${heard.length}`)}>
      {heard.join(' ')}
    </button>
  )
}

function Ids() {
  const [ids, setIds] = useState<string[]>([])
  return (
    <button
      id="ids"
      onClick={() => {
        const id = callId()
        setIds((all) => [...all, id])
      }}
    >
      {ids.join(' ')}
    </button>
  )
}

/** Another one with each deploy. */
function OldForm() {
  const [name, setName] = useState('')
  return (
    <label>
      old <input id="name" value={name} onChange={(event) => setName(event.target.value)} />
    </label>
  )
}

function NewForm() {
  const [entry, setEntry] = useState({ name: 'fresh' })
  return (
    <label>
      new <input id="name" value={entry.name} onChange={(event) => setEntry({ name: event.target.value })} />
    </label>
  )
}

export const app = (version: string) => {
  const Form = version === 'new' ? NewForm : OldForm
  return function App() {
    return (
      <main>
        <Typed />
        <Slow />
        <Ticking />
        <Heard />
        <Ids />
        <Form />
      </main>
    )
  }
}
