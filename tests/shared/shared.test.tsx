import '../support/dom.ts'
import { caller, shared } from 'liveroot'
import { route } from 'liveroot/server'
import { type ReactNode, useEffect, useState } from 'react'
import { closeServers, eventually, openBrowser, press, serve, sharedFrames, shows } from './support.tsx'

afterEach(async () => {
  await closeServers()
  jest.restoreAllMocks()
})

let renders = 0
let mounted = 0
let set: (n: number) => void = () => {}

function TickerView({ market }: { market: string }) {
  const [n, setN] = useState(0)
  renders++
  set = setN
  useEffect(() => {
    mounted++
    return () => {
      mounted--
    }
  }, [])
  return (
    <button onClick={() => setN((before) => before + 1)}>
      {market} {n}
    </button>
  )
}

const Ticker = shared(TickerView, { graceMs: 50 })

test('all viewers see one instance: rendered once, and the same bytes for everybody', async () => {
  const server = serve({ routes: [route('/', () => <Ticker market="Oslo" />)] })
  const [a, b] = [await openBrowser(server), await openBrowser(server)]
  await shows(a, '<button>Oslo 0</button>')
  await shows(b, '<button>Oslo 0</button>')
  renders = 0
  set(5)
  await shows(a, '<button>Oslo 5</button>')
  await shows(b, '<button>Oslo 5</button>')
  await press(b)
  await shows(a, '<button>Oslo 6</button>')
  await shows(b, '<button>Oslo 6</button>')
  expect(renders).toBe(2)
  expect(mounted).toBe(1)
  expect(sharedFrames(a).slice(-2)).toEqual(sharedFrames(b).slice(-2))
  expect(sharedFrames(a).at(-1)).toBe('f1000000,3\n0:[[1,[2],6]]\n')
  await Promise.all([a.close(), b.close()])
})

test('other props are another instance', async () => {
  const server = serve({
    routes: [route('/', () => [<Ticker key="1" market="Oslo" />, <Ticker key="2" market="Lima" />])],
  })
  const a = await openBrowser(server)
  await shows(a, '<button>Oslo 0</button><button>Lima 0</button>')
  await press(a, 'button:last-child')
  await shows(a, '<button>Oslo 0</button><button>Lima 1</button>')
  await a.close()
})

test('who comes back while it is kept sees it as it was', async () => {
  const Kept = shared(TickerView, { graceMs: 60_000 })
  const server = serve({ routes: [route('/', () => <Kept market="Oslo" />)] })
  const a = await openBrowser(server)
  await shows(a, '<button>Oslo 0</button>')
  set(7)
  await shows(a, '<button>Oslo 7</button>')
  await a.close()
  const b = await openBrowser(server)
  await shows(b, '<button>Oslo 7</button>')
  await b.close()
})

test('some time after the last one has left it is unmounted, and the next one begins afresh', async () => {
  const server = serve({ routes: [route('/', () => <Ticker market="Oslo" />)] })
  const a = await openBrowser(server)
  await shows(a, '<button>Oslo 0</button>')
  await press(a)
  await shows(a, '<button>Oslo 1</button>')
  await a.close()
  await eventually(() => mounted === 0)
  const b = await openBrowser(server)
  await shows(b, '<button>Oslo 0</button>')
  await b.close()
})

function FrameView({ title, footer, children }: { title: string; footer?: ReactNode; children?: ReactNode }) {
  const [open, setOpen] = useState(true)
  return (
    <section>
      <h1 onClick={() => setOpen((before) => !before)}>{title}</h1>
      {open ? children : null}
      <footer>{footer}</footer>
    </section>
  )
}

const Frame = shared(FrameView)

function Own({ name }: { name: string }) {
  const [n, setN] = useState(0)
  return (
    <button className={name} onClick={() => setN(n + 1)}>
      {n}
    </button>
  )
}

test('two users at once: what is set is what the last one saw and one more, what is added is added', async () => {
  const Numbers = shared(function NumbersView() {
    const [set, setSet] = useState(0)
    const [added, setAdded] = useState(0)
    return (
      <>
        <b onClick={() => setSet(set + 1)}>{set}</b>
        <i onClick={() => setAdded((before) => before + 1)}>{added}</i>
      </>
    )
  })
  const server = serve({ routes: [route('/', () => <Numbers />)] })
  const far = { latency: { latencyMs: 60 } }
  const users = [await openBrowser(server, far), await openBrowser(server, far)]
  for (const user of users) await shows(user, '<b>0</b><i>0</i>')
  for (const user of users) {
    await press(user, 'b')
    await press(user, 'i')
  }
  for (const user of users) await shows(user, '<b>1</b><i>2</i>')
  for (const user of users) await user.close()
})

test('private state stands around it and inside it', async () => {
  function Page() {
    const [n, setN] = useState(0)
    return (
      <main>
        <i onClick={() => setN(n + 1)}>{n}</i>
        <Frame title="Shared" footer={<b>{n}</b>}>
          <Own name="own" />
          <Ticker market="Rome" />
        </Frame>
      </main>
    )
  }
  const html = (around: number, own: number, ticker: number) =>
    `<main><i>${around}</i><section><h1>Shared</h1><button class="own">${own}</button><button>Rome ${ticker}</button>` +
    `<footer><b>${around}</b></footer></section></main>`
  const server = serve({ routes: [route('/', Page)] })
  const [a, b] = [await openBrowser(server), await openBrowser(server)]
  await shows(a, html(0, 0, 0))
  await press(a, '.own')
  await press(a, 'i')
  await shows(a, html(1, 1, 0))
  await press(b, 'section button:not(.own)')
  await shows(a, html(1, 1, 1))
  await shows(b, html(0, 0, 1))
  await press(b, 'h1')
  await shows(a, '<main><i>1</i><section><h1>Shared</h1><footer><b>1</b></footer></section></main>')
  await press(a, 'h1')
  await shows(a, html(1, 1, 1))
  await shows(b, html(0, 0, 1))
  await Promise.all([a.close(), b.close()])
})

test('a handler learns who called', async () => {
  const calls: string[] = []
  const Buzzer = shared(function BuzzerView() {
    const [last, setLast] = useState('')
    return (
      <button
        onClick={() => {
          calls.push(caller().id)
          setLast(caller().id)
        }}
      >
        {last}
      </button>
    )
  })
  const server = serve({ routes: [route('/', () => <Buzzer />)] })
  const [a, b] = [await openBrowser(server), await openBrowser(server)]
  await shows(a, '<button></button>')
  await shows(b, '<button></button>')
  await press(a)
  await eventually(() => calls.length === 1)
  await press(b)
  await eventually(() => calls.length === 2)
  await press(a)
  await eventually(() => calls.length === 3)
  expect(calls[0]).toBe(calls[2])
  expect(calls[0]).not.toBe(calls[1])
  await shows(b, `<button>${calls[0]}</button>`)
  expect(() => caller()).toThrow(expect.objectContaining({ code: 'no_caller' }))
  await Promise.all([a.close(), b.close()])
})

test('a shared root inside a shared root', async () => {
  const Outer = shared(
    function OuterView() {
      const [market, setMarket] = useState('Oslo')
      return (
        <div>
          <u onClick={() => setMarket('Lima')}>{market}</u>
          <Ticker market={market} />
        </div>
      )
    },
    { graceMs: 50 },
  )
  const server = serve({
    routes: [route('/', () => <Outer />), route('/alone', () => <Ticker market="Oslo" />)],
  })
  const [a, b, c] = [
    await openBrowser(server),
    await openBrowser(server),
    await openBrowser(server, { route: '/alone' }),
  ]
  await shows(a, '<div><u>Oslo</u><button>Oslo 0</button></div>')
  await shows(b, '<div><u>Oslo</u><button>Oslo 0</button></div>')
  await shows(c, '<button>Oslo 0</button>')
  await press(c)
  await shows(a, '<div><u>Oslo</u><button>Oslo 1</button></div>')
  await press(a, 'u')
  await shows(b, '<div><u>Lima</u><button>Lima 0</button></div>')
  await press(b)
  await shows(a, '<div><u>Lima</u><button>Lima 1</button></div>')
  await shows(c, '<button>Oslo 1</button>')
  await Promise.all([a.close(), b.close(), c.close()])
  await eventually(() => mounted === 0)
})

test('props that cannot be compared are refused, with the component and the prop', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {})
  const errors: unknown[] = []
  const Bad = Ticker as (props: { market: unknown }) => ReactNode
  const server = serve({
    routes: [route('/', () => <Bad market={{ at: () => 1 }} />)],
    onError: (error) => errors.push(error),
  })
  const a = await openBrowser(server)
  await shows(a, 'error: root_failed')
  expect(errors).toEqual([expect.objectContaining({ code: 'shared_prop' })])
  expect(String(errors[0])).toMatch(/<TickerView> is given a function in prop `market` \(market\.at\)/)
  await a.close()
})

test('an error is everybody’s, and reported once; who mounts it again begins afresh', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {})
  const errors: unknown[] = []
  const Fragile = shared(function FragileView() {
    const [n, setN] = useState(0)
    if (n > 0) throw new Error('broken')
    return <button onClick={() => setN(1)}>{n}</button>
  })
  const server = serve({ routes: [route('/', () => <Fragile />)], onError: (error) => errors.push(error) })
  const [a, b] = [await openBrowser(server), await openBrowser(server)]
  await shows(a, '<button>0</button>')
  await shows(b, '<button>0</button>')
  await press(a)
  await shows(a, 'error: root_failed')
  await shows(b, 'error: root_failed')
  expect(errors).toEqual([expect.objectContaining({ message: 'broken' })])
  const c = await openBrowser(server)
  await shows(c, '<button>0</button>')
  await Promise.all([a.close(), b.close(), c.close()])
})

test('a reconnect, and StrictMode', async () => {
  const server = serve({ routes: [route('/', () => <Ticker market="Oslo" />)] })
  const a = await openBrowser(server, { strict: true })
  const b = await openBrowser(server)
  await shows(a, '<button>Oslo 0</button>')
  await shows(b, '<button>Oslo 0</button>')
  const button = a.container.querySelector('button')
  a.drop()
  await press(b)
  await shows(b, '<button>Oslo 1</button>')
  await shows(a, '<button>Oslo 1</button>')
  await press(a)
  await shows(b, '<button>Oslo 2</button>')
  await shows(a, '<button>Oslo 2</button>')
  expect(a.container.querySelector('button')).toBe(button)
  await Promise.all([a.close(), b.close()])
})
