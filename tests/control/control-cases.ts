import { useSession } from 'liveroot'
import { type Bus, createLiveServer, type LiveServer, route } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { createElement } from 'react'
import { Peer } from '../failures/peer.ts'
import { until } from '../support/until.ts'

interface User {
  readonly id: string
  readonly name: string
}

const users = new Map<string, User | false>()

function Name() {
  const { user, id } = useSession<User>()
  return createElement('b', { title: id }, user?.name ?? 'nobody')
}

/** `disconnect` and `refresh` with two servers, each with a bus of its own that hears the other's. */
export function controlCases(makeBus: () => Bus): void {
  let servers: LiveServer[] = []
  let ports: number[] = []

  beforeEach(async () => {
    users.set('ada', { id: 'ada', name: 'Ada' })
    users.set('bob', { id: 'bob', name: 'Bob' })
    servers = [0, 1].map(() =>
      createLiveServer({
        routes: [route('/', Name)],
        clientModules,
        bus: makeBus(),
        authenticate: ({ cookies }) => users.get(cookies.user ?? ''),
      }),
    )
    ports = await Promise.all(servers.map(async (server) => (await server.listen(0, '127.0.0.1')).port))
  })
  afterEach(async () => {
    for (const server of servers) await server.close()
  })

  async function open(server: number, user: string): Promise<Peer> {
    const peer = await Peer.open(ports[server] as number, true, { cookie: `user=${user}` })
    await peer.mount(1, '/')
    return peer
  }

  /** A subscription of an engine may take a while: it is said until it is heard. */
  async function say<T>(order: () => T, heard: () => boolean): Promise<T> {
    const first = order()
    await until(() => {
      if (heard()) return true
      order()
      return false
    })
    return first
  }

  test('a user is disconnected from both servers, and nobody else', async () => {
    const [here, there] = [await open(0, 'ada'), await open(1, 'ada')]
    const others = [await open(0, 'bob'), await open(1, 'bob')]
    const ended = await say(
      () => servers[0]?.disconnect({ userId: 'ada' }),
      () => there.closed !== null,
    )
    expect(ended).toBe(1)
    for (const peer of [here, there]) expect((await peer.closing()).refusal).toBe('revoked')
    for (const peer of others) {
      await peer.ask('p', (message) => message === 'q')
      expect(peer.closed).toBeNull()
      peer.end()
    }
  })

  test('a session of the other server by its id', async () => {
    const [one, two] = [await open(1, 'ada'), await open(1, 'ada')]
    const id = /"title":"([^"]+)"/.exec(one.messages.find((message) => message.startsWith('f1')) ?? '')?.[1]
    await say(
      () => servers[0]?.disconnect({ sessionId: id as string }),
      () => one.closed !== null,
    )
    await two.ask('p', (message) => message === 'q')
    expect([servers[1]?.sessions, two.closed]).toEqual([1, null])
    two.end()
  })

  test('a user’s new data is seen on both; who is refused now is gone from both', async () => {
    const [here, there, bob] = [await open(0, 'ada'), await open(1, 'ada'), await open(1, 'bob')]
    users.set('ada', { id: 'ada', name: 'Ada Lovelace' })
    users.set('bob', false)
    const seen = ({ messages }: Peer) => messages.some((message) => message.includes('Lovelace'))
    const left = await say(
      () => servers[0]?.refresh({ userId: 'ada' }),
      () => seen(there),
    )
    expect([left, seen(here), bob.closed]).toEqual([1, true, null])
    await servers[0]?.refresh({ userId: 'bob' })
    expect((await bob.closing()).refusal).toBe('unauthorized')
    for (const peer of [here, there]) peer.end()
  })

  test('a function, and what is left out by mistake, reach nobody elsewhere', async () => {
    const [here, there] = [await open(0, 'ada'), await open(1, 'ada')]
    expect(servers[0]?.disconnect({ userId: undefined } as never)).toBe(0)
    expect(servers[0]?.disconnect(() => true)).toBe(1)
    await here.closing()
    // What was said after it has come, so it had come too.
    users.set('ada', { id: 'ada', name: 'Ada Lovelace' })
    await say(
      () => servers[0]?.refresh({ userId: 'ada' }),
      () => there.messages.some((message) => message.includes('Lovelace')),
    )
    expect(there.closed).toBeNull()
    there.end()
  })
}
