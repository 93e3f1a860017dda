import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLiveServer,
  fileStore,
  type LiveLimits,
  type LiveServer,
  onDiagnostic,
  route,
  type SessionStore,
  type SnapshotSaved,
} from 'liveroot/server'
import { useState } from 'react'
import { until } from '../support/until.ts'
import { RawPage } from './raw-page.ts'

function Counter() {
  const [n, set] = useState(0)
  return <b onClick={() => set((before) => before + 1)}>{n}</b>
}

let folder: string
let store: SessionStore
const servers: LiveServer[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liveroot-sessions-'))
  store = fileStore({ path: join(folder, 'sessions.log') })
})
afterEach(async () => {
  for (const live of servers.splice(0)) await live.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

/** A server of one process beside others: they have one store, which outlives each of them. */
async function serve(limits: Partial<LiveLimits> = {}, sessionStore?: SessionStore): Promise<number> {
  const live = createLiveServer({
    routes: [route('/', Counter)],
    clientModules: {},
    limits,
    ...(sessionStore === undefined ? {} : { sessionStore }),
  })
  servers.push(live)
  return (await live.listen(0, '127.0.0.1')).port
}

const shared = (): SessionStore => Object.create(store, { close: { value: async () => {} } })

async function click(page: RawPage, call: number): Promise<void> {
  page.say(`c${call},1,1,${slotOf(await page.heard(/^f1,/))}\n0.onClick`)
  await page.heard(new RegExp(`^r${call},`))
}

function slotOf(frame: string): string {
  return /\[(\d+),\["\$","b"/.exec(frame)?.[1] as string
}

test('a token that was used before takes a session from no server', async () => {
  const [here, there] = [await serve({}, shared()), await serve({}, shared())]
  const before = await RawPage.open(here, {})
  await click(before, 1)
  const { token: stale } = before.welcome
  before.close(4000)
  const page = await RawPage.open(here, { token: stale })
  expect(page.welcome.session).toBe('restored')
  await click(page, 1)
  const copy = await RawPage.open(there, { token: stale })
  expect(copy.welcome.session).toBe('new')
  expect(servers[1]?.refused).toEqual({ stale_token: 1 })
  await click(page, 2)
  // The newest one does go on with it, on any server, and the one that had it hears of that with its next save.
  page.close(4000)
  const moved = await RawPage.open(there, { token: page.welcome.token })
  expect(moved.welcome.session).toBe('restored')
  expect(await moved.heard(/^f1,/)).toContain('"children":3')
  for (const each of [copy, moved]) each.close()
})

describe('a browser that comes back to a server that had its session before another one', () => {
  async function enterAndClick(): Promise<{ here: number; there: number; first: RawPage }> {
    const [here, there] = [await serve({}, shared()), await serve({}, shared())]
    const first = await RawPage.open(here, {})
    await click(first, 1)
    first.close(4000)
    return { here, there, first }
  }

  test('goes on with it', async () => {
    const { here, there, first } = await enterAndClick()
    const moved = await RawPage.open(there, { token: first.welcome.token })
    await click(moved, 1)
    moved.close(4000)
    const back = await RawPage.open(here, { token: moved.welcome.token })
    expect(back.welcome.session).toBe('restored')
    expect(await back.heard(/^f1,/)).toContain('"children":2')
    expect(servers.map(({ refused }) => refused)).toEqual([{}, {}])
    back.close()
  })

  test('goes on with it where the welcome of the other one was lost', async () => {
    const { here, there, first } = await enterAndClick()
    const lost = await RawPage.open(there, { token: first.welcome.token, attempt: 2 })
    lost.close(4000)
    const back = await RawPage.open(here, { token: first.welcome.token, attempt: 3 })
    expect(back.welcome.session).toBe('restored')
    await click(back, 2)
    expect(servers[0]?.refused).toEqual({})
    back.close()
  })

  test('gets another one where its token was used there', async () => {
    const { here, there, first } = await enterAndClick()
    const moved = await RawPage.open(there, { token: first.welcome.token })
    await click(moved, 1)
    const copy = await RawPage.open(here, { token: first.welcome.token })
    expect(copy.welcome.session).toBe('new')
    expect(servers[0]?.refused).toEqual({ stale_token: 1 })
    await click(moved, 2)
    for (const each of [copy, moved]) each.close()
  })
})

test('a session whose browser is away for long is unmounted, and wakes with its state', async () => {
  // In the store of a server that is given none, too.
  for (const kept of [shared(), undefined]) {
    const port = await serve({ sessionGraceMs: 30 }, kept)
    const live = servers.at(-1) as LiveServer
    const before = await RawPage.open(port, {})
    await click(before, 1)
    before.close(4000)
    await until(() => live.sessions === 0)
    const { token } = before.welcome
    const page = await RawPage.open(port, { token, received: before.said.length })
    expect(page.welcome.session).toBe('restored')
    expect(await page.heard(/^f1,/)).toContain('"children":1')
    page.close()
  }
})

test('what is stored is told to diagnostics', async () => {
  const saved: SnapshotSaved[] = []
  const stop = onDiagnostic('liveroot.snapshot.saved', (message) => saved.push(message))
  const [here, there] = [await serve({}, shared()), await serve({}, shared())]
  const page = await RawPage.open(here, {})
  await click(page, 1)
  const last = saved.at(-1)
  expect(last).toMatchObject({ outcome: 'ok' })
  expect(last?.entries).toBeGreaterThan(1)
  expect(last?.bytes).toBeGreaterThan(20)
  expect(last?.durationMs).toBeGreaterThan(0)
  const copy = await RawPage.open(there, { token: page.welcome.token })
  page.say(`c2,1,1,${slotOf(await page.heard(/^f1,/))}\n0.onClick`)
  await until(() => saved.some(({ outcome }) => outcome === 'refused'))
  expect(new Set(saved.map(({ session }) => session)).size).toBe(1)
  stop()
  for (const each of [page, copy]) each.close()
})
