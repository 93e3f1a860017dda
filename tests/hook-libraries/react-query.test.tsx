// Before the DOM: on a server, libraries find none when they are loaded.
import {
  environmentManager,
  isServer,
  QueryClient,
  QueryClientProvider,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from '@tanstack/react-query'
import '../support/dom.ts'
import { renderLive } from 'liveroot/testing'
import { type ReactNode, Suspense, useState } from 'react'
import { click, deferred, framesSince, quietConsole, text, until } from '../live-tree/support.ts'
import { joinServer, type TimerWatch, watchTimers } from './support.tsx'

let client: QueryClient
let timers: TimerWatch
beforeEach(() => {
  timers = watchTimers()
  client = new QueryClient({ defaultOptions: { queries: { gcTime: 30 } } })
})
afterEach(() => timers.restore())

const withClient = (children: ReactNode) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
)

/** Nothing is left: no data, nobody who watches, no timer. */
async function expectNothingLeft(): Promise<void> {
  await until(() => client.getQueryCache().getAll().length === 0)
  await until(() => client.getMutationCache().getAll().length === 0)
  await timers.nonePending()
}

test('the library takes the process for a server', () => {
  expect(isServer).toBe(true)
})

test('useQuery: pending, then the data; a component that joins later has it at once', async () => {
  const answer = deferred<string>()
  const queryFn = jest.fn(() => answer.promise)
  function User() {
    const { isPending, data } = useQuery({ queryKey: ['user'], queryFn, staleTime: 60_000 })
    return isPending ? '…' : data
  }
  function App() {
    const [count, setCount] = useState(1)
    return (
      <>
        <button onClick={() => setCount(2)}>+</button>
        <User />
        {count > 1 && <User />}
      </>
    )
  }
  const screen = await renderLive(withClient(<App />))
  expect(text(screen)).toBe('+…')
  answer.resolve('Ada')
  await until(() => text(screen) === '+Ada')
  await click(screen)
  expect(text(screen)).toBe('+AdaAda')
  expect(queryFn).toHaveBeenCalledTimes(1)
  await screen.unmount()
  await expectNothingLeft()
})

test('a mutation from a click, then invalidate: the old data stays until the new is there', async () => {
  let todos = ['wash']
  let gate = Promise.resolve()
  const queryFn = jest.fn(async () => {
    await gate
    return todos
  })
  function App() {
    const queries = useQueryClient()
    const { data, isFetching, isPlaceholderData } = useQuery({
      queryKey: ['todos'],
      queryFn,
      placeholderData: [],
    })
    const add = useMutation({
      mutationFn: async (todo: string) => {
        todos = [...todos, todo]
      },
      onSuccess: () => queries.invalidateQueries({ queryKey: ['todos'] }),
      gcTime: 30,
    })
    return (
      <button onClick={() => add.mutate('iron')}>
        {add.status}: {data?.join(',')}
        {isFetching && !isPlaceholderData ? ' (fetching)' : ''}
      </button>
    )
  }
  const screen = await renderLive(withClient(<App />))
  await until(() => text(screen) === 'idle: wash')
  const refetch = deferred()
  gate = refetch.promise
  await click(screen)
  expect(text(screen)).toBe('pending: wash (fetching)')
  refetch.resolve()
  await until(() => text(screen) === 'success: wash,iron')
  expect(queryFn).toHaveBeenCalledTimes(2)
  await screen.unmount()
  await expectNothingLeft()
})

test('mutateAsync in a handler, an optimistic update, and a rollback when it fails', async () => {
  const sent = deferred()
  client.setQueryData(['likes'], 7)
  function App() {
    const queries = useQueryClient()
    const { data } = useQuery({ queryKey: ['likes'], queryFn: () => 7, staleTime: 60_000 })
    const [note, setNote] = useState('')
    const like = useMutation({
      mutationFn: () => sent.promise,
      onMutate: () => queries.setQueryData<number>(['likes'], (before = 0) => before + 1),
      onError: () => queries.setQueryData(['likes'], 7),
      gcTime: 30,
    })
    const onClick = () => like.mutateAsync().catch(({ message }: Error) => setNote(message))
    return (
      <button onClick={onClick}>
        {data}
        {note}
      </button>
    )
  }
  const screen = await renderLive(withClient(<App />))
  await click(screen)
  expect(text(screen)).toBe('8')
  sent.reject(new Error(' refused'))
  await until(() => text(screen) === '7 refused')
  await screen.unmount()
  await expectNothingLeft()
})

test('select: a refetch with the same result renders nothing and sends nothing', async () => {
  const queryFn = jest.fn(async () => ({ name: 'Ada', seen: Math.random() }))
  let renders = 0
  function Name() {
    renders++
    const { data } = useQuery({ queryKey: ['who'], queryFn, select: ({ name }) => name })
    return <b>{data}</b>
  }
  const screen = await renderLive(withClient(<Name />))
  await until(() => text(screen) === 'Ada')
  const before = renders
  const from = screen.traffic.length
  await client.refetchQueries({ queryKey: ['who'] })
  await screen.settled()
  expect(queryFn).toHaveBeenCalledTimes(2)
  expect(renders).toBe(before)
  expect(framesSince(screen, from)).toEqual([])
  await screen.unmount()
  await expectNothingLeft()
})

test('two sessions share one fetch and see the same refetch', async () => {
  let version = 1
  const queryFn = jest.fn(async () => version)
  const App = () => <b>{useQuery({ queryKey: ['version'], queryFn, staleTime: 60_000 }).data}</b>
  const screen = await renderLive(withClient(<App />))
  await until(() => text(screen) === '1')
  const other = await joinServer(screen.server)
  expect(other.text()).toBe('1')
  expect(queryFn).toHaveBeenCalledTimes(1)
  version = 2
  await client.invalidateQueries()
  await until(() => text(screen) === '2' && other.text() === '2')
  expect(queryFn).toHaveBeenCalledTimes(2)
  await other.close()
  expect(
    client
      .getQueryCache()
      .find({ queryKey: ['version'] })
      ?.getObserversCount(),
  ).toBe(1)
  await screen.unmount()
  await expectNothingLeft()
})

test('a query is aborted when the last component that waits for it goes', async () => {
  let signal: AbortSignal | undefined
  const queryFn = (context: { signal: AbortSignal }) => {
    signal = context.signal
    return new Promise<string>(() => {})
  }
  const App = () => useQuery({ queryKey: ['slow'], queryFn }).status
  const screen = await renderLive(withClient(<App />))
  await until(() => text(screen) === 'pending')
  expect(signal?.aborted).toBe(false)
  await screen.unmount()
  expect(signal?.aborted).toBe(true)
  await expectNothingLeft()
})

test('refetchInterval runs once the library is told that components live here', async () => {
  let fetched = 0
  const App = () => useQuery({ queryKey: ['tick'], queryFn: () => ++fetched, refetchInterval: 5 }).data ?? 0
  // What it takes for a server renders once and goes: it starts no timers there, and never drops data by default.
  const still = await renderLive(withClient(<App />))
  await until(() => text(still) === '1')
  expect(timers.pending()).not.toContain(5)
  await still.unmount()
  environmentManager.setIsServer(() => false)
  try {
    // It is never quiet.
    const screen = await renderLive(withClient(<App />), { settleTimeoutMs: 100 })
    await until(() => Number(text(screen)) > 3)
    await screen.unmount()
    await expectNothingLeft()
  } finally {
    environmentManager.setIsServer(() => isServer)
  }
})

describe('useSuspenseQuery', () => {
  quietConsole()

  test('suspends until the data is there, once', async () => {
    const answer = deferred<string>()
    const queryFn = jest.fn(() => answer.promise)
    const User = () => <b>{useSuspenseQuery({ queryKey: ['user'], queryFn }).data}</b>
    const screen = await renderLive(
      withClient(
        <Suspense fallback="wait">
          <User />
        </Suspense>,
      ),
    )
    expect(text(screen)).toBe('wait')
    answer.resolve('Ada')
    await until(() => text(screen) === 'Ada')
    expect(queryFn).toHaveBeenCalledTimes(1)
    await screen.unmount()
    await expectNothingLeft()
  })

  test('an error goes to the nearest boundary', async () => {
    const queryFn = () => Promise.reject(new Error('no such user'))
    const User = () => useSuspenseQuery({ queryKey: ['user'], queryFn, retry: false }).data
    const screen = await renderLive(
      withClient(
        <Suspense fallback="wait">
          <User />
        </Suspense>,
      ),
      { onError: () => {} },
    )
    await until(() => text(screen) === 'error: root_failed')
    await screen.unmount()
    await expectNothingLeft()
  })
})
