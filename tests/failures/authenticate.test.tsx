import { UserError, useSession } from 'liveroot'
import { type Authenticate, type LiveServerOptions, route } from 'liveroot/server'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { openScene, type Scene } from './bystander.ts'
import { codeOf, Peer } from './peer.ts'

interface User {
  readonly id: string
  readonly admin: boolean
}

const users: Record<string, User | undefined> = {}
let scene: Scene

/** The bystander has no cookie, and is nobody. */
const authenticate: Authenticate = ({ cookies: { user } }) => {
  if (user === undefined) return null
  if (user === 'locked') throw new UserError('locked')
  if (user === 'broken') throw new Error('no database')
  if (user === 'slow') return new Promise(() => {})
  return users[user] ?? false
}

function Hello() {
  const { user } = useSession<User>()
  return <b>{user?.id ?? 'nobody'}</b>
}

let answerLate: (answer: boolean) => void = () => {}

const routes = [
  route('/hello', Hello),
  route('/admin', Hello, { guard: ({ user }) => (user as User | null)?.admin === true }),
  route('/rooms/:id', Hello, { params: { id: Number }, guard: (_, { id }) => id < 10 }),
  route('/login', Hello, { guard: () => ({ redirect: '/sign-in' }) }),
  route('/late', Hello, {
    guard: () =>
      new Promise((resolve) => {
        answerLate = resolve
      }),
  }),
  route('/broken', Hello, {
    guard: () => {
      throw new Error('guard broke')
    },
  }),
  route('/rejects', Hello, { guard: () => Promise.reject(new Error('guard rejected')) }),
]

async function open(options: Partial<LiveServerOptions> = {}): Promise<void> {
  scene = await openScene({ authenticate, routes, ...options })
}

beforeEach(() => {
  users.ada = { id: 'ada', admin: true }
  users.bob = { id: 'bob', admin: false }
})

afterEach(() => scene.end())

const as = (user: string, greet = true) => Peer.open(scene.port, greet, { cookie: `user=${user}` })

/** The whole message that refuses a root. */
async function refusal(peer: Peer, path: string): Promise<string> {
  return peer.ask(`m9\n${path}`, (message) => message.startsWith('x9'))
}

test('who is let in is the user of the session', async () => {
  await open()
  const peer = await as('bob')
  expect(await peer.mount(1, '/hello')).toContain('"bob"')
  const nobody = await Peer.open(scene.port)
  expect(await nobody.mount(1, '/hello')).toContain('"nobody"')
  for (const each of [peer, nobody]) each.end()
})

test.each(['mallory', 'locked'])('%s is refused for good', async (user) => {
  await open()
  const peer = await as(user, false)
  peer.send('h2')
  expect(await peer.closing()).toEqual({
    code: closeCodes.unauthorized,
    reason: 'unauthorized',
    refusal: 'unauthorized',
  })
  expect(peer.messages).toHaveLength(1)
  expect(scene.server.refused).toEqual({ unauthorized: 1 })
  expect(scene.logged).toEqual([])
})

test.each(['broken', 'slow'])('where authenticate is %s the browser may come again', async (user) => {
  await open({ limits: { authenticateTimeoutMs: 200 } })
  const peer = await as(user, false)
  peer.send('h2')
  expect(await peer.closing()).toMatchObject({
    code: closeCodes.authentication_failed,
    refusal: 'authentication_failed',
  })
  expect(scene.logged).toHaveLength(1)
  expect(scene.logged[0]).toMatch(/^authentication_failed/)
})

test.each(['h2', 'm1\n/hello', 'p', 'nonsense'])(
  '%j while it is asked who it is ends the connection',
  async (text) => {
    await open({ limits: { authenticateTimeoutMs: 20_000 } })
    const peer = await as('slow', false)
    peer.send('h2')
    peer.send(text)
    expect(await peer.closing()).toMatchObject({ refusal: 'bad_frame' })
  },
)

test('one that leaves while it is asked who it is leaves nothing', async () => {
  await open({ limits: { authenticateTimeoutMs: 100 } })
  const peer = await as('slow', false)
  peer.send('h2')
  peer.end()
  await peer.until(() => scene.server.connections === 1)
  await peer.until(() => scene.logged.length === 1)
  expect(scene.server.refused).toEqual({})
})

describe('guards', () => {
  test('let in whom they let in, by user and by parameters', async () => {
    await open()
    const ada = await as('ada')
    await ada.mount(1, '/admin')
    await ada.mount(2, '/rooms/9')
    const bob = await as('bob')
    expect(codeOf(await refusal(bob, '/admin'))).toBe('forbidden')
    expect(codeOf(await refusal(bob, '/rooms/10'))).toBe('forbidden')
    expect(codeOf(await refusal(bob, '/rooms/9/x'))).toBe('unknown_route')
    expect(scene.server.refused).toEqual({ forbidden: 2, unknown_route: 1 })
    for (const each of [ada, bob]) each.end()
  })

  test('can tell where to go', async () => {
    await open()
    const peer = await as('bob')
    const message = await refusal(peer, '/login')
    expect(JSON.parse(message.slice(message.indexOf('\n')))).toMatchObject({
      code: 'forbidden',
      details: { redirect: '/sign-in' },
    })
    peer.end()
  })

  test.each(['/broken', '/rejects'])('%s lets nobody in, and is reported', async (path) => {
    await open()
    const peer = await as('ada')
    expect(codeOf(await refusal(peer, path))).toBe('forbidden')
    expect(scene.logged).toEqual([expect.stringMatching(/^forbidden guard/)])
    peer.end()
  })

  test('may take their time, in which nothing is shown', async () => {
    await open()
    const peer = await as('ada')
    peer.send('m1\n/late')
    const early = await peer.ask('c1,1,1,1\n0.onClick', (message) => message.startsWith('y1'))
    expect(codeOf(early)).toBe('not_on_screen')
    answerLate(true)
    await peer.next((message) => message.startsWith('f1,1'))
    const before = peer.messages.length
    peer.send('m2\n/late')
    peer.send('u2')
    await peer.ask('p', (message) => message === 'q')
    answerLate(true)
    await peer.ask('p', (message) => message === 'q')
    expect(peer.messages.slice(before).filter((message) => message !== 'q')).toEqual([])
    peer.end()
  })
})
