import { setTimeout as sleep } from 'node:timers/promises'
import { createLiveServer, every, type LiveServer, type LiveServerOptions, schedule } from 'liveroot/server'
import { clientModules } from 'liveroot/testing'
import { MemoryLocks } from '../../src/server/memory-locks.ts'

const servers: LiveServer[] = []

async function serve(options: Omit<LiveServerOptions, 'routes'>): Promise<LiveServer> {
  const server = createLiveServer({ routes: [], clientModules, ...options })
  servers.push(server)
  await server.listen(0, '127.0.0.1')
  return server
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${condition}`)
    await sleep(5)
  }
}

test('each tick is run by one of three servers, once, and stands for a time by the clock', async () => {
  const locks = new MemoryLocks()
  const ticks: number[] = []
  const note = ({ at }: { at: Date }) => void ticks.push(at.getTime())
  for (let i = 0; i < 3; i++) await serve({ sources: [every(200, note)], locks })
  await until(() => ticks.length >= 6)
  expect(new Set(ticks).size).toBe(ticks.length)
  expect(ticks.every((at) => at % 200 === 0)).toBe(true)
})

test('a cron pattern with seconds', async () => {
  const ticks: Date[] = []
  await serve({ sources: [schedule('* * * * * *', ({ at }) => void ticks.push(at))] })
  await until(() => ticks.length >= 2)
  expect((ticks[1] as Date).getTime() - (ticks[0] as Date).getTime()).toBe(1_000)
})

test('a pattern is read in its time zone, over the change of the clock', async () => {
  jest.useFakeTimers({ now: new Date('2026-03-28T12:00:00Z'), doNotFake: ['performance'] })
  try {
    const ticks: string[] = []
    const running = schedule('30 9 * * *', ({ at }) => void ticks.push(at.toISOString()), {
      timeZone: 'Europe/Copenhagen',
    }).start({ publish: async () => {}, locks: new MemoryLocks(), failed: () => {} })
    await jest.advanceTimersByTimeAsync(3 * 86_400_000)
    expect(ticks).toEqual([
      '2026-03-29T07:30:00.000Z',
      '2026-03-30T07:30:00.000Z',
      '2026-03-31T07:30:00.000Z',
    ])
    await running.stop(AbortSignal.abort())
  } finally {
    jest.useRealTimers()
  }
})

test('a handler that fails is reported, and the next tick comes; a tick during a run is left to others', async () => {
  const reported: unknown[] = []
  let runs = 0
  let together = 0
  const handler = async () => {
    runs += 1
    together += 1
    expect(together).toBe(1)
    await sleep(250)
    together -= 1
    if (runs === 1) throw new Error('not yet')
  }
  await serve({
    sources: [every(100, handler)],
    onError: (error, { code, route }) => reported.push([(error as Error).message, code, route]),
  })
  await until(() => runs >= 3)
  expect(reported).toEqual([['not yet', 'schedule_failed', 'schedule every 100 ms']])
})

test('locks that fail are asked again; a tick that nobody could claim is reported and not run', async () => {
  const asked: string[] = []
  const owners = new Set<string>()
  const reported: string[] = []
  let ran = 0
  const locks = {
    claim: async (name: string, owner: string) => {
      asked.push(name)
      owners.add(owner)
      throw new Error('away')
    },
    close: async () => {},
  }
  const onError = (_error: unknown, { code }: { code: string }) => void reported.push(code)
  await serve({ sources: [every(100, () => void ran++)], locks, onError })
  await until(() => reported.length > 0)
  expect(reported[0]).toBe('locks_failed')
  expect([asked[0] === asked[2], owners.size, ran]).toEqual([true, 1, 0])
})

test('a server that closes waits for the handler, and runs nothing afterwards', async () => {
  let started = 0
  let ended = 0
  const server = await serve({
    sources: [
      every(100, async () => {
        started += 1
        await sleep(150)
        ended += 1
      }),
    ],
  })
  await until(() => started > 0)
  await server.close()
  expect(ended).toBe(started)
  await sleep(300)
  expect(started).toBe(ended)
})

test.each([
  ['a pattern', () => schedule('every day', () => {})],
  ['a time zone', () => schedule('* * * * *', () => {}, { timeZone: 'Europe/Nowhere' })],
  ['an interval', () => every(5, () => {})],
  ['an interval that is no number', () => every(Number.NaN, () => {})],
  [
    'two with one name',
    () =>
      createLiveServer({
        routes: [],
        clientModules,
        sources: [every(1_000, () => {}), every(1_000, () => {})],
      }),
  ],
])('%s that is malformed is bad_schedule', (_what, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'bad_schedule' }))
})
