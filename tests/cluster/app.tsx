import { type ReactNode, useReducer, useState } from 'react'
import { callId } from '../../src/live/call-id.ts'
import { usePublish, useTopic } from '../../src/live/hooks.ts'
import { type PresenceEntry, usePresence } from '../../src/live/presence.ts'
import { shared } from '../../src/live/shared.ts'
import { topic } from '../../src/live/topic.ts'
import { clientComponent } from '../../src/testing/client-components.ts'
import { Calls as CallsView } from './client-parts.tsx'

/** A chat message: who wrote it, and which of theirs it is. */
export interface Line {
  readonly client: number
  readonly n: number
  /** The call that published it: where its server was killed, it may have run again, and published again. */
  readonly call: string
}

/** What everybody is in, beside their room. */
export const hall = 'hall'

const Calls = clientComponent('ClusterCalls', CallsView)
const linesOf = topic<Line>('room:{room}')

export function ClusterPage({ room, client }: { room: string; client: string }): ReactNode {
  return (
    <main>
      <Chat room={room} client={Number(client)} />
      <Own />
      <Tally name={room} />
      <Tally name={hall} />
      <Here at={room} client={client} />
      <Crowd at={hall} />
      <Present at={hall} client={client} />
    </main>
  )
}

/** What a chat shows in few bytes: how many lines, which and in which order, and the newest. */
interface Heard {
  readonly count: number
  readonly hash: number
  readonly newest: string
  /** The call of the last line of each client: what was published twice came one after the other. */
  readonly calls: Readonly<Record<number, string>>
}

const silence: Heard = { count: 0, hash: 7, newest: '', calls: {} }

function hear(heard: Heard, { client, n, call }: Line): Heard {
  const { count, hash, calls } = heard
  if (calls[client] === call) return heard
  const newest = `${client}.${n}`
  return { count: count + 1, hash: mix(hash, newest), newest, calls: { ...calls, [client]: call } }
}

function mix(hash: number, text: string): number {
  let mixed = hash
  for (let i = 0; i < text.length; i++) mixed = (mixed * 31 + text.charCodeAt(i)) % 1_000_000_007
  return mixed
}

function Chat({ room, client }: { room: string; client: number }): ReactNode {
  const publish = usePublish()
  const [heard, add] = useReducer(hear, silence)
  const [gaps, setGaps] = useState(0)
  const here = linesOf.with({ room })
  useTopic(here, add, { replay: true, onGap: () => setGaps((before) => before + 1) })
  const send = async (n: number) => {
    await publish(here, { client, n, call: callId() })
    return n
  }
  return (
    <section>
      <Transcript heard={heard} />
      <p className="gaps">{gaps}</p>
      <Calls name="chat" send={send} />
    </section>
  )
}

function Transcript({ heard: { count, hash, newest } }: { heard: Heard }): ReactNode {
  return (
    <p className="chat">
      {count} lines, {hash}, {newest}
    </p>
  )
}

/** State of one browser alone. */
function Own(): ReactNode {
  const [n, setN] = useState(0)
  return (
    <section>
      <p className="own">{n}</p>
      <Calls name="own" count={() => setN((before) => before + 1)} />
    </section>
  )
}

/** Counts for all, on all servers, and knows every call that it counted. */
const Tally = shared(function TallyView({ name }: { name: string }): ReactNode {
  const [tokens, setTokens] = useState<readonly string[]>([])
  const add = (token: string) => {
    setTokens((all) => [...all, token])
    return token
  }
  return (
    <section>
      <p className={`tally-${name}`}>
        {tokens.length} {tokens.at(-1)}
      </p>
      <Calls name={`tally-${name}`} add={add} tokens={() => tokens} />
    </section>
  )
})

/** In the room everybody looks for themselves. */
function Here({ at, client }: { at: string; client: string }): ReactNode {
  const here = usePresence(`here:${at}`, { client }, { key: client })
  return <People at={at} here={here} />
}

/** In the hall one looks for all. */
const Crowd = shared(function CrowdView({ at }: { at: string }): ReactNode {
  return <People at={at} here={usePresence(`here:${at}`, null)} />
})

function Present({ at, client }: { at: string; client: string }): ReactNode {
  usePresence(`here:${at}`, { client }, { key: client })
  return null
}

function People({ at, here }: { at: string; here: readonly PresenceEntry<unknown>[] }): ReactNode {
  const places = here.reduce((sum, { metas }) => sum + metas.length, 0)
  const clients = here.map(({ key }) => Number(key))
  return <p className={`here-${at}`}>{presenceText(clients, places)}</p>
}

/** What a page shows where these clients are here. */
export function presenceText(clients: readonly number[], places = clients.length): string {
  const keys = [...clients].sort((a, b) => a - b)
  return `${keys.length} people, ${places} places, ${mix(7, keys.join())}`
}

/** A room as somebody sees it who comes at the end: with every line, and every call that the tallies counted. */
export function RecordPage({ room }: { room: string }): ReactNode {
  const [lines, add] = useReducer((all: readonly Line[], line: Line) => [...all, line], [])
  useTopic(linesOf.with({ room }), add, { replay: true })
  return (
    <main>
      <Transcript heard={lines.reduce(hear, silence)} />
      <Calls name="record" lines={() => lines} />
      <Tally name={room} />
      <Tally name={hall} />
    </main>
  )
}
