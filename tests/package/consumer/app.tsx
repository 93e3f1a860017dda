// An application as its author writes it: compiled against the built package, without casts.
import { usePublish, useTopic } from 'liveroot'
import { LiveRoot, useLiveStatus } from 'liveroot/client'
import { createLiveServer, httpHook, type LiveEvent, route } from 'liveroot/server'
import { Liveroot } from 'liveroot/webpack'
import { useState } from 'react'

function Room({ id, limit }: { id: string; limit?: number }) {
  const [count, setCount] = useState(0)
  useTopic<number>('count', setCount)
  const publish = usePublish()
  return (
    <button type="button" onClick={() => publish('count', count + 1)}>
      {id} {limit} <Ticks /> <Slow />
    </button>
  )
}

async function* Ticks() {
  yield <b>1</b>
  yield 'two'
}

async function Slow() {
  return <i />
}

export const live = createLiveServer({
  routes: [
    route('/rooms/:id', Room, { params: { limit: Number } }),
    route('/ticks', Ticks),
    route('/slow', Slow),
  ],
  httpHooks: [
    httpHook('POST', '/hooks/count', async (request, { publish }) => publish('count', await request.json())),
  ],
})

// @ts-expect-error Room wants `id`, and the pattern has another name
route('/rooms/:name', Room)
// @ts-expect-error `limit` is parsed to a text, and Room wants a number
route('/rooms/:id', Room, { params: { limit: String } })

export const filled = <LiveRoot route="/rooms/:id" params={{ id: 3 }} />
export const plain = <LiveRoot route="/ticks" />
// @ts-expect-error the pattern's parameter is missing
export const missing = <LiveRoot route="/rooms/:id" />

export function Status() {
  const { state, nextTryAt } = useLiveStatus()
  return state === 'waiting' ? String((nextTryAt ?? 0) - Date.now()) : state
}

export const handler = (event: LiveEvent) => event.formData?.get('text')

const liveroot = new Liveroot()
export const plugins = [liveroot.server(), liveroot.client()]
