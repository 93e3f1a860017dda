import { natsStore } from 'liveroot/nats'
import { redisStore } from 'liveroot/redis'
import { createLiveServer, route, type SessionStore } from 'liveroot/server'
import { describeWithBroker } from '../support/brokers.ts'
import { type OwnBroker, startOwnBroker } from '../support/own-broker.ts'
import { until } from '../support/until.ts'

jest.setTimeout(120_000)

/** Longer than a store lets anybody wait. */
const patienceMs = 60_000

const stores = {
  redis: (url: string) => redisStore({ url }),
  nats: (url: string) => natsStore({ url, bucket: 'away' }),
}

for (const [name, makeStore] of Object.entries(stores)) {
  describeWithBroker(name as keyof typeof stores, `${name}Store, while the broker is away`, () => {
    let broker: OwnBroker
    const open: SessionStore[] = []

    beforeAll(async () => {
      broker = await startOwnBroker(name as keyof typeof stores)
    })
    afterEach(async () => {
      await Promise.all(open.splice(0).map((store) => store.close()))
      await broker.kill()
      await broker.start()
    })
    afterAll(() => broker.remove())

    function openStore(): SessionStore {
      const store = makeStore(broker.url)
      open.push(store)
      return store
    }

    /** As a session does: until it is saved. Returns how often it was refused. */
    async function save(store: SessionStore, session: string, n: number): Promise<number> {
      const entries = new Map([[`k${n}`, String(n)]])
      const all = () => new Map(Array.from({ length: n }, (_, i) => [`k${i + 1}`, String(i + 1)]))
      for (let refusals = 0; ; refusals++) {
        try {
          await store.save(session, 'a', { entries, all, expiresAt: Date.now() + patienceMs })
          return refusals
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
    }

    test('nothing that was saved is lost, and what is asked for meanwhile is done, or refused in time', async () => {
      const store = openStore()
      await save(store, 's', 1)
      await broker.kill()
      const refused = expect(store.load('s')).rejects.toThrow()
      const saved = save(store, 's', 2)
      await refused
      await broker.start()
      await saved
      await save(store, 's', 3)
      const entries = await store.load('s')
      expect(Object.fromEntries(entries ?? [])).toEqual({ k1: '1', k2: '2', k3: '3' })
    })

    test('one that was never there is waited for', async () => {
      await broker.kill()
      const store = openStore()
      const refused = expect(store.load('late')).rejects.toMatchObject({ code: 'store_unreachable' })
      const saved = save(store, 'late', 1)
      await refused
      await broker.start()
      await saved
      expect(await store.load('late')).toEqual(new Map([['k1', '1']]))
    })

    test('the store can be closed, whether it was there once or never', async () => {
      const once = makeStore(broker.url)
      await save(once, 'closed', 1)
      await broker.kill()
      const never = makeStore(broker.url)
      never.load('closed').catch(() => {})
      await Promise.all([once.close(), never.close()])
    })

    test('the server says that it is not ready, and that it is again', async () => {
      const live = createLiveServer({ routes: [route('/', () => '')], sessionStore: makeStore(broker.url) })
      await live.listen(0, '127.0.0.1')
      const becomes = (ready: boolean) =>
        until(
          () => live.health().ready === ready && live.health().parts.store === ready,
          () => JSON.stringify(live.health()),
          patienceMs,
        )
      await becomes(true)
      await broker.kill()
      await becomes(false)
      await broker.start()
      await becomes(true)
      await live.close()
    })
  })
}
