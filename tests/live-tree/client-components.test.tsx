import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, Suspense, use, useState } from 'react'
import { click, deferred, framesSince, html, text, until } from './support.ts'

interface CardProps {
  readonly title: ReactNode
  readonly parts?: {
    readonly list: readonly ReactNode[]
    readonly byName: Readonly<Record<string, ReactNode>>
  }
  readonly children?: ReactNode
}

const Card = clientComponent('Card', ({ title, parts, children }: CardProps) => {
  const [open, setOpen] = useState(true)
  return (
    <section>
      <h1 onClick={() => setOpen(!open)} />
      <h2>{title}</h2>
      {parts?.list}
      {parts?.byName.foot}
      {open ? children : 'closed'}
    </section>
  )
})

function Count({ name }: { name: string }) {
  const [n, setN] = useState(0)
  return (
    <button id={name} onClick={() => setN(n + 1)}>
      {name}
      {n}
    </button>
  )
}

test('server components with state stand in any prop, also inside data, and nest through several layers', async () => {
  const screen = await renderLive(
    <Card
      title={<Count name="title" />}
      parts={{ list: [<Count key="k" name="listed" />], byName: { foot: <Count name="foot" /> } }}
    >
      <Card title="inner">
        <Count name="deep" />
      </Card>
    </Card>,
  )
  for (const name of ['title', 'listed', 'foot', 'deep']) {
    await click(screen, `#${name}`)
    expect(screen.container.querySelector(`#${name}`)?.textContent).toBe(`${name}1`)
  }
  await screen.unmount()
})

test('an update below leaves the browser’s state alone, and content that it hides goes on', async () => {
  let add = () => {}
  function Live() {
    const [n, setN] = useState(0)
    add = () => setN((before) => before + 1)
    return <b>{n}</b>
  }
  const screen = await renderLive(
    <Card title="t">
      <Live />
    </Card>,
  )
  await click(screen, 'h1')
  expect(text(screen)).toBe('tclosed')
  add()
  add()
  await screen.settled()
  await click(screen, 'h1')
  expect(text(screen)).toBe('t2')
  await screen.unmount()
})

test('props of all kinds that Flight carries arrive, and change', async () => {
  let seen: Record<string, unknown> = {}
  const Show = clientComponent('ShowData', ({ data }: { data: Record<string, unknown> }) => {
    seen = data
    return null
  })
  const dataOf = (n: number) => ({
    date: new Date(n),
    map: new Map<string, unknown>([['a', { n }]]),
    set: new Set([n, 'x']),
    big: 10n ** 20n + BigInt(n),
    bytes: new Uint8Array([1, 2, n]),
    floats: new Float64Array([n / 3]),
    buffer: new Uint8Array([n]).buffer,
    nothing: undefined,
    infinite: Number.NEGATIVE_INFINITY,
    notANumber: Number.NaN,
    symbol: Symbol.for('liveroot.test'),
    dollars: '$1',
    long: `${n}${'é'.repeat(2_000)}`,
    __proto__x: n,
  })
  let set: (n: number) => void = () => {}
  function App() {
    const [n, setN] = useState(1)
    set = setN
    return <Show data={dataOf(n)} />
  }
  const screen = await renderLive(<App />)
  expect(seen).toEqual(dataOf(1))
  set(2)
  await screen.settled()
  expect(seen).toEqual(dataOf(2))
  const from = screen.traffic.length
  set(2)
  await screen.settled()
  expect(framesSince(screen, from)).toEqual([])
  await screen.unmount()
})

test('data that the author changes in place is seen to have changed', async () => {
  const list = [{ n: 1 }]
  const map = new Map([['a', 1]])
  const Show = clientComponent(
    'ShowMutated',
    ({ items, byName }: { items: typeof list; byName: typeof map }) => (
      <b>
        {JSON.stringify(items)}
        {[...byName].join()}
      </b>
    ),
  )
  let refresh = () => {}
  function App() {
    const [, set] = useState(0)
    refresh = () => set((n) => n + 1)
    return <Show items={list} byName={map} />
  }
  const screen = await renderLive(<App />)
  list.push({ n: 2 })
  map.set('b', 2)
  refresh()
  await screen.settled()
  expect(text(screen)).toBe('[{"n":1},{"n":2}]a,1,b,2')
  await screen.unmount()
})

test('a promise in a prop resolves in the browser when it does on the server', async () => {
  const Later = clientComponent('Later', ({ value }: { value: Promise<string> }) => <b>{use(value)}</b>)
  const value = deferred<string>()
  const App = () => (
    <Suspense fallback={<i>wait</i>}>
      <Later value={value.promise} />
    </Suspense>
  )
  const screen = await renderLive(<App />)
  await until(() => html(screen) === '<i>wait</i>')
  value.resolve('came')
  await until(() => html(screen) === '<b>came</b>')
  await screen.unmount()
})

test('a client component can be passed as a prop, and rendered by another one', async () => {
  const Bold = clientComponent('Bold', ({ children }: { children: ReactNode }) => <b>{children}</b>)
  const Apply = clientComponent('Apply', ({ as: As }: { as: typeof Bold }) => <As>applied</As>)
  const screen = await renderLive(<Apply as={Bold} />)
  expect(html(screen)).toBe('<b>applied</b>')
  await screen.unmount()
})

test('a keyless fragment in a prop is patched, whichever writer sent it', async () => {
  const Titled = clientComponent('Titled', ({ title }: { title: ReactNode; more: unknown }) => (
    <h1>{title}</h1>
  ))
  let set: (n: number) => void = () => {}
  function App({ more }: { more: unknown }) {
    const [n, setN] = useState(1)
    set = setN
    // biome-ignore lint/complexity/noUselessFragments: it is what is tested
    return <Titled title={<>{n}</>} more={more} />
  }
  for (const more of [null, new Map()]) {
    const screen = await renderLive(<App more={more} />)
    set(2)
    await screen.settled()
    expect(html(screen)).toBe('<h1>2</h1>')
    await screen.unmount()
  }
})
