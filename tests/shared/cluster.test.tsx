import '../support/dom.ts'
import { caller, callId, shared, UserError } from 'liveroot'
import { type LiveServer, type LiveServerOptions, MemoryHub, memoryBus, route } from 'liveroot/server'
import { type ReactNode, use, useEffect, useState } from 'react'
import { openRawPeer, type RawPeer } from '../live-tree/raw-peer.ts'
import { deferred } from '../live-tree/support.ts'
import { CutBus } from './cut-bus.ts'
import {
  type Browser,
  closeServers,
  eventually,
  openBrowser,
  press,
  serve,
  sharedFrames,
  shows,
} from './support.tsx'

afterEach(closeServers)

interface Member {
  readonly server: LiveServer
  readonly bus: CutBus
}

function cluster(size: number, Page: () => ReactNode, options: Partial<LiveServerOptions> = {}): Member[] {
  const hub = new MemoryHub()
  return Array.from({ length: size }, () => {
    const bus = new CutBus(memoryBus({ hub }))
    const server = serve({ routes: [route('/', Page)], bus, sharedLeaseMs: 600, ...options })
    return { server, bus }
  })
}

const open = (members: readonly Member[]) => Promise.all(members.map(({ server }) => openBrowser(server)))

async function all(browsers: readonly Browser[], html: string): Promise<void> {
  for (const browser of browsers) await shows(browser, html)
}

/** Ends what the test opened, also where it kept servers from hearing each other. */
async function close(browsers: readonly Browser[]): Promise<void> {
  for (const browser of browsers) await browser.close()
}

let trees = 0
let unmounted = 0

function makeCounter(graceMs = 50) {
  return shared(
    function CounterView({ title }: { title: string }) {
      const [n, setN] = useState(0)
      const [id] = useState(() => ++trees)
      useEffect(() => () => void unmounted++, [])
      return (
        <button data-tree={id} onClick={() => setN((before) => before + 1)}>
          {title} {n}
        </button>
      )
    },
    { graceMs },
  )
}

const counts = (browser: Browser) => browser.container.querySelector('button')?.textContent
const showsCount = (browser: Browser, text: string) =>
  eventually(() => counts(browser) === text).catch(() => expect(counts(browser)).toBe(text))

test('viewers on three servers see one tree: the same state, the same frames, calls from each', async () => {
  const Counter = makeCounter()
  trees = 0
  const members = cluster(3, () => <Counter title="Votes" />)
  const browsers = [await openBrowser((members[0] as Member).server)]
  await showsCount(browsers[0] as Browser, 'Votes 0')
  for (const { server } of members.slice(1)) browsers.push(await openBrowser(server))
  for (const browser of browsers) await showsCount(browser, 'Votes 0')
  let n = 0
  for (const from of browsers) {
    await press(from)
    n++
    for (const browser of browsers) await showsCount(browser, `Votes ${n}`)
  }
  expect(trees).toBe(1)
  const frames = browsers.map((browser) =>
    sharedLines(browser)
      .slice(-3)
      .map((line) => line.replace(/,1\n/, '\n')),
  )
  expect(frames[1]).toEqual(frames[0])
  expect(frames[2]).toEqual(frames[0])
  // One who joins while others click.
  for (const browser of browsers) await press(browser)
  const late = await openBrowser((members[1] as Member).server)
  for (const browser of [...browsers, late]) await showsCount(browser, 'Votes 6')
  await close([...browsers, late])
})

/** The frames of shared roots of a cluster, whose numbers are large. */
function sharedLines({ down }: Browser): string[] {
  return down.filter((message) => /^f\d{7,},/.test(message))
}

test('a promise of a call settles after its effects; who called, what is returned and what is thrown travel', async () => {
  const heard: string[] = []
  const Form = shared(function FormView() {
    const [text, setText] = useState('-')
    return (
      <p
        onClick={async () => {
          heard.push(caller().id)
          await null
          setText('done')
          return { at: new Date(5), many: new Map([[1, 2n]]) }
        }}
        onDoubleClick={() => {
          throw new UserError('Not today.', { why: 'closed' })
        }}
        onMouseDown={(event) => setText(`at ${event.clientX}`)}
      >
        {text}
      </p>
    )
  })
  const [one, two] = cluster(2, () => <Form />) as [Member, Member]
  const a = await openRawPeer(one.server)
  await a.say('m1\n/')
  await eventually(() => a.down.some((message) => message.includes('[-2,')))
  const b = await openRawPeer(two.server)
  await b.say('m1\n/')
  await eventually(() => b.down.some((message) => message.includes('[-2,')))
  const id = /^f(\d{7,}),/.exec(b.down.find((message) => message.includes('[-2,')) ?? '')?.[1]
  b.down.length = 0
  await b.say(`c1,${id},1,1\n0.onClick`)
  await eventually(() => b.down.some((message) => message.startsWith('r1,')))
  const frame = b.down.findIndex((message) => message.startsWith(`f${id},2\n`))
  expect(b.down[frame]).toContain('done')
  expect(b.down.findIndex((message) => message.startsWith('r1,2'))).toBeGreaterThan(frame)
  expect(heard).toEqual([expect.any(String)])
  await b.say(`c2,${id},2,1\n0.onDoubleClick`, `c3,${id},2,1\n0.onMouseDown\n[{"@":[7]}]`)
  await eventually(() => b.down.some((message) => message.startsWith('r3,')))
  expect(b.down.find((message) => message.startsWith('y2,'))).toContain('Not today.')
  const effect = b.down.findIndex((message) => message.includes('at 7'))
  expect(effect).toBeGreaterThan(-1)
  expect(effect).toBeLessThan(b.down.findIndex((message) => message.startsWith('r3,')))
  await b.say(`c4,${id},2,99\n0.onClick`)
  await eventually(() => b.down.some((message) => message.startsWith('y4,')))
  expect(b.down.find((message) => message.startsWith('y4,'))).toContain('not_on_screen')
})

test('what is asked of content that waits is answered with its effect, wherever the tree is', async () => {
  const gate = deferred<string>()
  let waited = false
  const Wait = () => {
    waited = true
    return use(gate.promise)
  }
  const Form = shared(function FormView() {
    const [text, setText] = useState('-')
    const [waits, wait] = useState(false)
    return (
      <p onClick={() => setText('done')} onDoubleClick={() => wait(true)}>
        {text}
        {waits && <Wait />}
      </p>
    )
  })
  const servers = cluster(2, () => <Form />)
  const viewers: (RawPeer & { root: string })[] = []
  for (const { server } of servers) {
    const peer = await openRawPeer(server)
    await peer.say('m1\n/')
    await eventually(() => peer.down.some((message) => message.includes('[-2,')))
    const picture = peer.down.find((message) => message.includes('[-2,')) ?? ''
    viewers.push(Object.assign(peer, { root: /^f(\d{7,}),/.exec(picture)?.[1] ?? '' }))
  }
  const [first] = viewers as [RawPeer & { root: string }]
  await first.say(`c1,${first.root},1,1\n0.onDoubleClick`)
  await eventually(() => waited)
  for (const { say, root } of viewers) await say(`c2,${root},1,1\n0.onClick`)
  const answered = ({ down }: RawPeer) => down.findIndex((message) => message.startsWith('r2,'))
  const shown = ({ down }: RawPeer) => down.findIndex((message) => message.includes('done'))
  for (const viewer of viewers) await viewer.heard()
  expect(viewers.map(answered)).toEqual([-1, -1])
  gate.resolve('!')
  await eventually(() => viewers.every((viewer) => answered(viewer) >= 0))
  for (const viewer of viewers) {
    expect(shown(viewer)).toBeGreaterThan(-1)
    expect(shown(viewer)).toBeLessThan(answered(viewer))
  }
})

test('when the owner’s server ends another one goes on with the state; the last viewer to leave ends it', async () => {
  const Counter = makeCounter()
  trees = 0
  const members = cluster(3, () => <Counter title="N" />)
  const browsers: Browser[] = []
  for (const { server } of members) {
    const browser = await openBrowser(server)
    browsers.push(browser)
    await showsCount(browser, 'N 0')
  }
  const [a, b, c] = browsers as [Browser, Browser, Browser]
  await press(b)
  await showsCount(c, 'N 1')
  await a.close()
  await (members[0] as Member).server.close()
  for (const browser of [b, c]) await eventually(() => pictures(browser) === 2)
  for (const browser of [b, c]) await showsCount(browser, 'N 1')
  await press(b)
  for (const browser of [b, c]) await showsCount(browser, 'N 2')
  await press(c)
  for (const browser of [b, c]) await showsCount(browser, 'N 3')
  // The state is that of the first tree, the initial value of which was made once.
  expect(b.container.querySelector('button')?.getAttribute('data-tree')).toBe('1')
  unmounted = 0
  await close([b, c])
  await eventually(() => unmounted === 1)
  const again = await openBrowser((members[1] as Member).server)
  await showsCount(again, 'N 0')
  await again.close()
})

/** How many times the browser was given the whole of a shared root. */
const pictures = ({ down }: Browser) => down.filter((message) => message.includes('[[-2,')).length

test('an owner that is silent is replaced, and steps down when it hears so: in the end there is one', async () => {
  const Counter = makeCounter()
  const members = cluster(2, () => <Counter title="N" />) as [Member, Member]
  const a = await openBrowser(members[0].server)
  await showsCount(a, 'N 0')
  const b = await openBrowser(members[1].server)
  await showsCount(b, 'N 0')
  await press(b)
  await showsCount(a, 'N 1')
  members[0].bus.cut = true
  await eventually(() => pictures(b) === 2)
  // Each has a tree of its own now.
  await press(b)
  await showsCount(b, 'N 2')
  for (const n of [2, 3, 4]) {
    await press(a)
    await showsCount(a, `N ${n}`)
  }
  members[0].bus.cut = false
  await showsCount(a, 'N 2')
  for (const [browser, n] of [
    [a, 3],
    [b, 4],
  ] as const) {
    await press(browser)
    for (const each of [a, b]) await showsCount(each, `N ${n}`)
  }
  await close([a, b])
})

/** A viewer that speaks the protocol by hand, and the number of the shared root that it sees. */
async function openRawViewer({ server }: Member) {
  const peer = await openRawPeer(server)
  await peer.say('m1\n/')
  const picture = () => peer.down.find((message) => message.includes('[-2,'))
  await eventually(() => picture() !== undefined)
  const answer = () => peer.down.find((message) => /^[ry]1,/.test(message))
  return { ...peer, root: /^f(\d{7,}),/.exec(picture() ?? '')?.[1], answer }
}

test('a call that was running at an owner that died is told so, and does not run again', async () => {
  const ran: string[] = []
  const Slow = shared(function SlowView() {
    const [begun, setBegun] = useState(false)
    return (
      <button
        onClick={async () => {
          ran.push(caller().id)
          setBegun(true)
          await new Promise(() => {})
        }}
      >
        {begun ? 'begun' : 'go'}
      </button>
    )
  })
  const [one, two] = cluster(2, () => <Slow />) as [Member, Member]
  await openRawViewer(one)
  const b = await openRawViewer(two)
  await b.say(`c1,${b.root},1,1\n0.onClick`)
  await eventually(() => b.down.some((message) => message.includes('begun')))
  one.bus.cut = true
  await eventually(() => b.answer() !== undefined)
  expect(b.answer()).toContain('call_interrupted')
  expect(ran).toHaveLength(1)
})

test('a call that an owner that died never ran, runs once at the next one', async () => {
  const ran: string[] = []
  const Counter = shared(function CounterView() {
    const [n, setN] = useState(0)
    const add = () => {
      ran.push(callId())
      setN((before) => before + 1)
    }
    return <button onClick={add}>{n}</button>
  })
  const [one, two] = cluster(2, () => <Counter />) as [Member, Member]
  await openRawViewer(one)
  const b = await openRawViewer(two)
  one.bus.cut = true
  await b.say(`c1,${b.root},1,1\n0.onClick`)
  await eventually(() => b.answer() !== undefined)
  expect(b.answer()).toMatch(/^r1,/)
  expect(ran).toHaveLength(1)
})

test('a call that ran is told its answer by whoever is asked again, and does not run again', async () => {
  const ran: string[] = []
  const Counter = shared(function CounterView() {
    const [n, setN] = useState(0)
    const add = () => {
      ran.push(callId())
      setN((before) => before + 1)
      return 'added'
    }
    return <button onClick={add}>{n}</button>
  })
  const [one, two] = cluster(2, () => <Counter />) as [Member, Member]
  await openRawViewer(one)
  const b = await openRawViewer(two)
  // The owner is heard until its frame is there, and its answer is not.
  one.bus.loses = (text) => text.includes('"type":"result"')
  await b.say(`c1,${b.root},1,1\n0.onClick`)
  await eventually(() => ran.length === 1)
  await eventually(() => b.down.filter((message) => /^f\d{7,},/.test(message)).length === 2)
  one.bus.cut = true
  await eventually(() => b.answer() !== undefined)
  expect(b.answer()).toMatch(/^r1,.*added/s)
  expect(ran).toHaveLength(1)
})

test('private content stays in its place, and a shared root inside a shared one is shared, too', async () => {
  const Inner = makeCounter()
  const Outer = shared(function OuterView({ children }: { children?: ReactNode }) {
    const [open, setOpen] = useState(true)
    return (
      <div>
        <u onClick={() => setOpen((before) => !before)}>fold</u>
        {open ? <Inner title="In" /> : null}
        {children}
      </div>
    )
  })
  function Own() {
    const [n, setN] = useState(0)
    return <i onClick={() => setN(n + 1)}>{n}</i>
  }
  const members = cluster(2, () => (
    <Outer>
      <Own />
    </Outer>
  ))
  const [a, b] = (await open(members)) as [Browser, Browser]
  for (const browser of [a, b]) await showsCount(browser, 'In 0')
  await press(b)
  for (const browser of [a, b]) await showsCount(browser, 'In 1')
  await press(a, 'i')
  await eventually(() => a.container.querySelector('i')?.textContent === '1')
  expect(b.container.querySelector('i')?.textContent).toBe('0')
  await press(b, 'u')
  await all([a], '<div><u>fold</u><i>1</i></div>')
  await all([b], '<div><u>fold</u><i>0</i></div>')
  await press(a, 'u')
  for (const browser of [a, b]) await eventually(() => counts(browser) !== undefined)
  await close([a, b])
})

test('an error that nothing catches is everybody’s, on every server, and reported once', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {})
  const errors: unknown[] = []
  const Fragile = shared(function FragileView() {
    const [n, setN] = useState(0)
    if (n > 0) throw new Error('broken')
    return <button onClick={() => setN(1)}>{n}</button>
  })
  const members = cluster(2, () => <Fragile />, { onError: (error) => errors.push(error) })
  const [a, b] = (await open(members)) as [Browser, Browser]
  await all([a, b], '<button>0</button>')
  await press(a)
  await all([a, b], 'error: root_failed')
  expect(errors).toEqual([expect.objectContaining({ message: 'broken' })])
  await close([a, b])
  jest.restoreAllMocks()
})

test('a server alone has no owner to look for', async () => {
  const Counter = makeCounter()
  const server = serve({ routes: [route('/', () => <Counter title="N" />)] })
  const a = await openBrowser(server)
  await showsCount(a, 'N 0')
  expect(sharedFrames(a)[0]).toMatch(/^f1000000,1\n/)
  await a.close()
})
