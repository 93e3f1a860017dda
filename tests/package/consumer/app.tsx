// An application as its author writes it: compiled against the built package, without casts.
import { type LiveChangeEvent, type LiveSubmitEvent, on, usePublish, useSession, useTopic } from 'liveroot'
import { LiveRoot, useLiveStatus } from 'liveroot/client'
import { createLiveServer, httpHook, route } from 'liveroot/server'
import { Liveroot } from 'liveroot/webpack'
import { useState } from 'react'

declare module 'liveroot' {
  interface Register {
    user: { readonly id: string; readonly name: string }
  }
}

function Name() {
  const { user, connected } = useSession()
  // @ts-expect-error users have no age
  user?.age
  return <b title={connected ? 'here' : 'away'}>{user === null ? 'nobody' : user.name}</b>
}

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
    route('/name', Name, { guard: ({ user }) => (user?.name === 'Ada' ? true : { redirect: '/login' }) }),
    route('/rooms/:id/name', Name, { params: { id: Number }, guard: async (_, { id }) => id > 3 }),
  ],
  authenticate: ({ cookies, headers }) =>
    cookies.session === undefined ? null : { id: cookies.session, name: String(headers['x-name']) },
  httpHooks: [
    httpHook('POST', '/hooks/count', async (request, { publish }) => publish('count', await request.json())),
  ],
})

// @ts-expect-error a user needs a name
createLiveServer({ routes: [], authenticate: () => ({ id: '1' }) })
// @ts-expect-error there is no parameter of that name
route('/rooms/:id', Room, { guard: (_, { name }) => name === 'x' })
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

// Handlers for live events fit where React's own types of JSX ask for one.
const submit = (event: LiveSubmitEvent) => event.formData.get('text')
const change = ({ target }: LiveChangeEvent) => target.value.trim()
const tick = ({ currentTarget }: LiveChangeEvent<HTMLInputElement>) => currentTarget.checked
// @ts-expect-error the native event does not travel
export const native = (event: LiveChangeEvent) => event.nativeEvent

export const form = (
  <form onSubmit={submit}>
    <input onChange={change} />
    <textarea onChange={on(change, { debounceMs: 300 })} />
    <input type="checkbox" onChange={tick} />
    <select onKeyDown={on((event) => event.key, { keys: ['Enter'] })} />
  </form>
)

const liveroot = new Liveroot()
export const plugins = [liveroot.server(), liveroot.client()]
