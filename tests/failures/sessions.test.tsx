import { useSession } from 'liveroot'
import { type Authenticate, onDiagnostic, route } from 'liveroot/server'
import { useState } from 'react'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import type { HelloBody, WelcomeBody } from '../../src/protocol/messages.ts'
import { openScene, type Scene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

interface User {
  readonly id: string
  readonly name: string
  readonly admin?: boolean
}

let users: Record<string, User | false | Error> = {}
let scene: Scene
/** What `useSession` gave, render by render. */
let seen: string[] = []

const authenticate: Authenticate = async ({ cookies: { user } }) => {
  const found = user === undefined ? null : users[user]
  if (found instanceof Error) throw found
  return found
}

function Name() {
  const { user, connected } = useSession<User>()
  const [n, set] = useState(0)
  seen.push(`${user?.name ?? 'nobody'} ${connected ? 'here' : 'away'}`)
  return (
    <b onClick={() => set(n + 1)}>
      {user?.name ?? 'nobody'} {n}
    </b>
  )
}

beforeEach(async () => {
  users = { ada: { id: 'ada', name: 'Ada', admin: true }, bob: { id: 'bob', name: 'Bob' } }
  seen = []
  scene = await openScene({
    authenticate,
    routes: [
      route('/name', Name),
      route('/admin', () => 'secret', { guard: ({ user }) => (user as User | null)?.admin === true }),
    ],
  })
})

afterEach(() => scene.end())

interface Entered {
  readonly peer: Peer
  readonly welcome: WelcomeBody
}

/** A browser of that user, with or without a token. */
async function enter(user: string | null, hello: HelloBody = {}): Promise<Entered> {
  const headers: Record<string, string> = user === null ? {} : { cookie: `user=${user}` }
  const peer = await Peer.open(scene.port, false, headers)
  const text = await peer.ask(`h2\n${JSON.stringify(hello)}`, (message) => message.startsWith('w2,'))
  return { peer, welcome: JSON.parse(text.slice(text.indexOf('\n'))) as WelcomeBody }
}

/** What a browser says that has its session's token, and nothing of what it was sent. */
function goingOn({ welcome: { token, series } }: Entered): HelloBody {
  return { token, series, received: 0 }
}

/** The network breaks, and the server hears of it. */
async function cut({ peer }: Entered): Promise<void> {
  const before = scene.server.connections
  peer.end()
  await peer.until(() => scene.server.connections < before)
}

const ping = ({ peer }: Entered) => peer.ask('p', (message) => message === 'q')
const refusals = () => scene.server.refused as Record<string, number | undefined>

describe('tokens', () => {
  test('each is used once: when the next has arrived, a copy of it opens nothing', async () => {
    const first = await enter(null)
    await ping(first)
    await cut(first)
    const second = await enter(null, goingOn(first))
    expect(second.welcome.session).toBe('resumed')
    expect(second.welcome.token).not.toBe(first.welcome.token)
    await ping(second)
    const copy = await enter(null, goingOn(first))
    expect(copy.welcome.session).toBe('new')
    expect(refusals()).toEqual({ stale_token: 1 })
    // The living one has not noticed.
    await ping(second)
    for (const { peer } of [second, copy]) peer.end()
  })

  test('one whose successor may be lost opens the session again', async () => {
    const first = await enter(null)
    await ping(first)
    await cut(first)
    for (let i = 0; i < 3; i++) {
      const again = await enter(null, goingOn(first))
      expect(again.welcome.session).toBe('resumed')
      await cut(again)
    }
  })

  test('one that came opens the session again, though nothing was heard of it and its successor is lost', async () => {
    const first = await enter(null)
    await cut(first)
    const second = await enter(null, goingOn(first))
    await cut(second)
    for (let i = 0; i < 2; i++) {
      const lost = await enter(null, goingOn(second))
      expect(lost.welcome.session).toBe('resumed')
      await cut(lost)
    }
    expect(refusals()).toEqual({})
  })

  test('a copy that is used beside the living one takes over, and everybody hears of it', async () => {
    const taken: string[] = []
    const stop = onDiagnostic('liveroot.session.taken', ({ session }) => taken.push(session))
    const living = await enter('ada')
    await ping(living)
    const copy = await enter('ada', goingOn(living))
    expect(copy.welcome.session).toBe('resumed')
    expect(await living.peer.closing()).toEqual({
      code: closeCodes.session_taken,
      reason: 'session_taken',
      refusal: 'session_taken',
    })
    expect(refusals()).toEqual({ session_taken: 1 })
    expect(taken).toHaveLength(1)
    stop()
    copy.peer.end()
  })

  test('a hello that was delayed past its successor’s takes the session from nobody', async () => {
    const first = await enter(null)
    await cut(first)
    // The browser has given up the connection on which it said its second hello, and says a third.
    const delayed = await Peer.open(scene.port, false)
    const third = await enter(null, { ...goingOn(first), attempt: 3 })
    expect(third.welcome.session).toBe('resumed')
    delayed.send(`h2\n${JSON.stringify({ ...goingOn(first), attempt: 2 })}`)
    expect(await delayed.closing()).toEqual({
      code: closeCodes.outdated_hello,
      reason: 'outdated_hello',
      refusal: 'outdated_hello',
    })
    expect(refusals()).toEqual({ outdated_hello: 1 })
    await ping(third)
    expect(third.peer.closed).toBeNull()
    third.peer.end()
  })

  test('one whose welcome was lost is followed by a later one, which is let in', async () => {
    const first = await enter(null)
    await cut(first)
    for (const attempt of [2, 3, 7]) {
      const again = await enter(null, { ...goingOn(first), attempt })
      expect(again.welcome.session).toBe('resumed')
      await cut(again)
    }
  })

  test('another user’s opens nothing, and does not disturb its owner', async () => {
    const ada = await enter('ada')
    for (const thief of ['bob', null]) {
      const { peer, welcome } = await enter(thief, goingOn(ada))
      expect(welcome.session).toBe('new')
      peer.end()
    }
    expect(refusals()).toEqual({ wrong_user: 2 })
    await ping(ada)
    ada.peer.end()
  })

  test('they expire', async () => {
    await scene.end()
    scene = await openScene({ limits: { sessionTtlMs: 1 } })
    const first = await enter(null)
    await cut(first)
    const late = await enter(null, goingOn(first))
    expect(late.welcome.session).toBe('new')
    expect(refusals()).toEqual({ stale_token: 1 })
    late.peer.end()
  })

  test('they do not expire while their browser is there, though its connection may be lost unheard', async () => {
    await scene.end()
    scene = await openScene({ limits: { sessionTtlMs: 500 } })
    const first = await enter(null)
    await ping(first)
    await new Promise((resolve) => setTimeout(resolve, 550))
    const second = await enter(null, goingOn(first))
    expect(second.welcome.session).toBe('resumed')
    second.peer.end()
  })
})

test('at `maxSessions` the next browser is told to come back, and is let in when another has left', async () => {
  await scene.end()
  // One is the bystander's.
  scene = await openScene({ limits: { maxSessions: 3, sessionGraceMs: 600_000, retryAfterMs: 777 } })
  const [first, second] = [await enter(null), await enter(null)]
  // One that waits for its browser counts, too.
  await cut(second)
  const third = await Peer.open(scene.port, false)
  third.send('h2')
  expect(await third.closing()).toEqual({
    code: closeCodes.too_many_sessions,
    reason: 'too_many_sessions',
    refusal: 'too_many_sessions',
  })
  expect(third.messages[0]).toContain('"retryAfterMs":777')
  expect([scene.server.sessions, refusals()]).toEqual([3, { too_many_sessions: 1 }])
  // Its own browser finds it.
  const back = await enter(null, goingOn(second))
  expect(back.welcome.session).toBe('resumed')
  first.peer.socket.close(1000)
  await back.peer.until(() => scene.server.sessions === 2)
  const late = await enter(null)
  expect(late.welcome.session).toBe('new')
  for (const { peer } of [back, late]) peer.end()
})

describe('disconnect', () => {
  test('ends all sessions of a user at once, also those that are away, and says how many', async () => {
    const here = await enter('ada')
    const away = await enter('ada')
    await cut(away)
    const bob = await enter('bob')
    const sessions = scene.server.sessions
    expect(scene.server.disconnect({ userId: 'ada' })).toBe(2)
    expect(scene.server.sessions).toBe(sessions - 2)
    expect(await here.peer.closing()).toEqual({
      code: closeCodes.revoked,
      reason: 'revoked',
      refusal: 'revoked',
    })
    for (const ended of [here, away]) {
      const again = await enter('ada', goingOn(ended))
      expect(again.welcome.session).toBe('new')
      again.peer.end()
    }
    await ping(bob)
    bob.peer.end()
  })

  test('by id, by a function, and never everybody by mistake', async () => {
    const [one, two] = [await enter('ada'), await enter('ada')]
    await two.peer.mount(1, '/name')
    const { server } = scene
    const oops = { userId: undefined } as unknown as { userId: string }
    expect([server.disconnect(oops), server.disconnect({ sessionId: 'x' })]).toEqual([0, 0])
    const ids: string[] = []
    server.disconnect(({ id, user }) => {
      if ((user as User | null)?.id === 'ada') ids.push(id)
      return false
    })
    const [first, second] = ids as [string, string]
    expect(server.disconnect({ userId: 'bob', sessionId: first })).toBe(0)
    expect(server.disconnect({ userId: 'ada', sessionId: first })).toBe(1)
    await one.peer.closing()
    expect(server.disconnect(({ id }) => id === second)).toBe(1)
    await two.peer.closing()
  })
})

describe('the user of a session', () => {
  test('is the one of the newest connection: components see what changed, and keep their state', async () => {
    const first = await enter('ada')
    await first.peer.mount(1, '/name')
    await first.peer.ask('c1,1,1,1\n0.onClick', (message) => message.startsWith('r1,'))
    await cut(first)
    await first.peer.until(() => seen.at(-1) === 'Ada away')
    users.ada = { id: 'ada', name: 'Ada Lovelace' }
    const { token } = first.welcome
    const again = await enter('ada', { token, received: 100 })
    expect(again.welcome.session).toBe('restored')
    const frame = await again.peer.ask('m1\n/name', (message) => message.startsWith('f1,'))
    expect(frame).toContain('Ada Lovelace')
    expect(frame).toMatch(/"children":\["Ada Lovelace"," ",1\]/)
    again.peer.end()
  })

  test('an equal one renders nothing', async () => {
    const ada = await enter('ada')
    await ada.peer.mount(1, '/name')
    const before = seen.length
    users.ada = { ...(users.ada as User) }
    expect(await scene.server.refresh({ userId: 'ada' })).toBe(1)
    await ping(ada)
    expect(seen).toHaveLength(before)
    ada.peer.end()
  })

  test('is asked for again by refresh: what it shows is new, and what it may not have any more is gone', async () => {
    const ada = await enter('ada')
    await ada.peer.mount(1, '/name')
    await ada.peer.mount(2, '/admin')
    users.ada = { id: 'ada', name: 'Countess' }
    const from = ada.peer.messages.length
    expect(await scene.server.refresh({ userId: 'ada' })).toBe(1)
    const frame = await ada.peer.next((message) => message.startsWith('f1,2'), from)
    expect(frame).toContain('Countess')
    expect(codeOf(await ada.peer.next((message) => message.startsWith('x2'), from))).toBe('forbidden')
    expect(refusals()).toEqual({ forbidden: 1 })
    ada.peer.end()
  })

  test.each<[string, User | false | Error, number, string | null]>([
    ['one that is refused now', false, 0, 'unauthorized'],
    ['one that would be another', { id: 'eve', name: 'Eve' }, 0, 'wrong_user'],
    ['one about whom nobody can be asked', new Error('no database'), 1, null],
  ])('%s', async (_, now, left, code) => {
    const ada = await enter('ada')
    users.ada = now
    expect(await scene.server.refresh({ userId: 'ada' })).toBe(left)
    if (code === null) await ping(ada)
    else expect((await ada.peer.closing()).refusal).toBe(code)
    ada.peer.end()
  })
})
