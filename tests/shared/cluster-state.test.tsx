import '../support/dom.ts'
import { shared } from 'liveroot'
import { live } from 'liveroot/client'
import { type LiveServerOptions, MemoryHub, memoryBus, route } from 'liveroot/server'
import { clientComponent } from 'liveroot/testing'
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { CommonStore } from './common-store.ts'
import { type Browser, closeServers, eventually, openBrowser, press, serve } from './support.tsx'

afterEach(closeServers)

type Functions = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>
const given = new Map<string, Functions>()
const Functions = clientComponent('ClusterStateFunctions', function Functions(props: object): ReactNode {
  const { at, ...functions } = props as { at: string }
  useLayoutEffect(() => void given.set(at, functions as Functions))
  return null
})

function cluster(Page: () => ReactNode, options: Partial<LiveServerOptions> = {}) {
  const hub = new MemoryHub()
  const start = () =>
    serve({ routes: [route('/', Page)], bus: memoryBus({ hub }), sharedLeaseMs: 600, ...options })
  return { start }
}

const text = ({ container }: Browser) => container.querySelector('button')?.textContent ?? ''
const shows = (browser: Browser, wanted: string) =>
  eventually(() => text(browser) === wanted).catch(() => expect(text(browser)).toBe(wanted))

function makeCounter(graceMs: number, keepMs?: number) {
  return shared(
    function CounterView() {
      const [n, setN] = useState(0)
      return <button onClick={() => setN((before) => before + 1)}>{n}</button>
    },
    { graceMs, ...(keepMs === undefined ? {} : { keepMs }) },
  )
}

test('the state outlives the only server that had it; where the last viewer has left, it is over', async () => {
  const store = new CommonStore()
  const Counter = makeCounter(50)
  const { start } = cluster(() => <Counter />, { sessionStore: store })
  const one = start()
  const a = await openBrowser(one)
  await shows(a, '0')
  for (const n of ['1', '2', '3']) {
    await press(a)
    await shows(a, n)
  }
  await eventually(() => store.sharedKeys.length === 1)
  await eventually(() => a.down.some((message) => message.startsWith('r3,')))
  // It dies with its viewer, who does not say goodbye.
  await one.close()
  await a.close()
  const two = start()
  const b = await openBrowser(two)
  await shows(b, '3')
  await press(b)
  await shows(b, '4')
  await b.close()
  await eventually(() => store.sharedKeys.length === 0)
  const c = await openBrowser(two)
  await shows(c, '0')
  await c.close()
})

test('with `keepMs: 0` nothing is stored', async () => {
  const store = new CommonStore()
  const Counter = makeCounter(50, 0)
  const { start } = cluster(() => <Counter />, { sessionStore: store })
  const one = start()
  const a = await openBrowser(one)
  await shows(a, '0')
  await press(a)
  await shows(a, '1')
  await one.close()
  await a.close()
  expect(store.sharedKeys).toEqual([])
  const b = await openBrowser(start())
  await shows(b, '0')
  await b.close()
})

test('a call is answered when its effects are stored, and its frame does not wait for that', async () => {
  const store = new CommonStore()
  const Counter = shared(function CounterView() {
    const [n, setN] = useState(0)
    const add = () => {
      setN((before) => before + 1)
      return 'added'
    }
    return (
      <>
        <button>{n}</button>
        <Functions {...({ at: 'stored', add } as object)} />
      </>
    )
  })
  const { start } = cluster(() => <Counter />, { sessionStore: store })
  const a = await openBrowser(start())
  await shows(a, '0')
  await given.get('stored')?.add?.()
  let open = (_: unknown) => {}
  store.gate = new Promise((resolve) => {
    open = resolve
  })
  let answer: unknown = null
  void given
    .get('stored')
    ?.add?.()
    .then((value) => {
      answer = value
    })
  await shows(a, '2')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(answer).toBeNull()
  open(undefined)
  await eventually(() => answer === 'added')
  await a.close()
})

test('files and live arguments do not go to another server', async () => {
  const got: unknown[] = []
  let renders = 0
  const Form = shared(function FormView() {
    renders++
    return <Functions {...({ at: 'form', save: (value: unknown) => void got.push(value) } as object)} />
  })
  const { start } = cluster(() => <Form />)
  const a = await openBrowser(start())
  await eventually(() => given.get('form') !== undefined)
  given.delete('form')
  const b = await openBrowser(start())
  await eventually(() => given.get('form') !== undefined)
  const save = given.get('form')?.save as (value: unknown) => Promise<unknown>
  await save('data')
  await expect(save(new File(['bytes'], 'a.txt'))).rejects.toMatchObject({ code: 'not_forwarded' })
  await expect(save(live('value'))).rejects.toMatchObject({ code: 'not_forwarded' })
  await save('more')
  expect(got).toEqual(['data', 'more'])
  expect(renders).toBe(1)
  await a.close()
  await b.close()
})

const faces = (count: number) => `y${'😀'.repeat(count)}z`

/** A tree whose content, or whose state, is as long as it is told. */
const Long = shared(
  function LongView({ name }: { name: string }) {
    const [long, setLong] = useState('x')
    return (
      <>
        <button>{`${long.length} ${long.at(-1)}`}</button>
        {name === 'content' ? <i>{long}</i> : null}
        <Functions {...({ at: name, set: setLong, faces: (n: number) => setLong(faces(n)) } as object)} />
      </>
    )
  },
  { graceMs: 50 },
)

test('content and state of more than a message of the bus holds travel in pieces', async () => {
  const errors: unknown[] = []
  const { start } = cluster(() => <Long name="content" />, { onError: (error) => errors.push(error) })
  const one = start()
  const a = await openBrowser(one)
  await shows(a, '1 x')
  const two = start()
  const b = await openBrowser(two)
  await shows(b, '1 x')
  const long = faces(150_000)
  await given.get('content')?.faces?.(150_000)
  for (const each of [a, b]) await shows(each, `${long.length} z`)
  expect(b.container.querySelector('i')?.textContent === long).toBe(true)
  await one.close()
  await a.close()
  await eventually(() => b.down.filter((message) => message.includes('[[-2,')).length >= 2)
  await given.get('content')?.set?.('short')
  await shows(b, '5 t')
  expect(errors).toEqual([])
  await b.close()
}, 120_000)

test('state past `maxSharedState` is not kept elsewhere, and the application is told', async () => {
  const errors: string[] = []
  const { start } = cluster(() => <Long name="state" />, {
    limits: { maxSharedState: 1_000 },
    onError: (_error, { code }) => errors.push(code),
  })
  const one = start()
  const a = await openBrowser(one)
  await shows(a, '1 x')
  const b = await openBrowser(start())
  await shows(b, '1 x')
  await given.get('state')?.set?.('y'.repeat(500))
  await shows(b, '500 y')
  expect(errors).toEqual([])
  await given.get('state')?.set?.('y'.repeat(2_000))
  await shows(b, '2000 y')
  expect(errors).toEqual(['message_too_large'])
  await one.close()
  await a.close()
  await shows(b, '1 x')
  await b.close()
})
