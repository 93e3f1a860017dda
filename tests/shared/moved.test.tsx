import '../support/dom.ts'
import { shared } from 'liveroot'
import { type LiveServer, type LiveServerOptions, MemoryHub, memoryBus, route } from 'liveroot/server'
import { clientComponent } from 'liveroot/testing'
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { deferred } from '../live-tree/support.ts'
import { CommonStore } from './common-store.ts'
import { CutBus } from './cut-bus.ts'
import { type Browser, closeServers, eventually, openBrowser, serve } from './support.tsx'

// A browser whose server is lost, and that goes on at another one.

const browsers: Browser[] = []

async function open(server: LiveServer): Promise<Browser> {
  const browser = await openBrowser(server)
  browsers.push(browser)
  return browser
}

afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close()
  await closeServers()
  given.clear()
})

type Functions = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>
/** What the page of each browser, by the text around it, was given last. */
const given = new Map<string, Functions>()
const Functions = clientComponent('MovedFunctions', function Functions(props: object): ReactNode {
  const { at, ...functions } = props as { at: string }
  useLayoutEffect(() => void given.set(at, functions as Functions))
  return null
})

const give = (at: string, functions: object) => <Functions {...({ at, ...functions } as object)} />

/** Servers of one program, with one bus and one store, and a balancer that one can point at any of them. */
function cluster(Page: () => ReactNode, options: Partial<LiveServerOptions> = {}) {
  const hub = new MemoryHub()
  const sessionStore = new CommonStore()
  const start = () => {
    const bus = new CutBus(memoryBus({ hub }))
    const settings = { routes: [route('/', Page)], bus, sessionStore, sharedLeaseMs: 600, ...options }
    return { bus, server: serve(settings) }
  }
  return { start }
}

type Member = ReturnType<ReturnType<typeof cluster>['start']>

class Balancer {
  constructor(public to: Member | null) {}

  async open(): Promise<Browser> {
    const accept: LiveServer['accept'] = (socket) => {
      if (this.to !== null) return this.to.server.accept(socket)
      setImmediate(() => socket.terminate())
      return { message() {}, drained() {}, closed() {} }
    }
    return open({ accept } as LiveServer)
  }
}

/** As when the process of a server is killed: nobody hears of it any more, nor it of them. */
function kill({ bus }: Member, balancer: Balancer, browser: Browser): void {
  bus.cut = true
  balancer.to = null
  browser.drop()
}

/** It shows the shared component, whose functions its page was given. */
async function isThere(browser: Browser): Promise<void> {
  await eventually(() => browser.down.some((each) => each.includes('[-2,')))
  await eventually(() => browser.idle && given.size > 0)
}

const text = ({ container }: Browser) => container.textContent
const shows = (browser: Browser, wanted: string) =>
  eventually(() => text(browser) === wanted).catch(() => expect(text(browser)).toBe(wanted))

function makeList(at: string, work: (item: string) => Promise<void> = async () => {}, options = {}) {
  const ran: string[] = []
  const List = shared(function ListView() {
    const [items, setItems] = useState<readonly string[]>([])
    const [closed, close] = useState(false)
    const add = async (item: string) => {
      ran.push(item)
      await work(item)
      setItems((all) => [...all, item])
      return `${item} added`
    }
    const end = () => {
      ran.push('end')
      close(true)
      return 'ended'
    }
    return (
      <p>
        {items.join()}
        {closed ? '.' : give(at, { add, end })}
      </p>
    )
  }, options)
  return { List, ran }
}

/** Calls what the page that was shown last was given. */
async function call(at: string, name: string, ...args: unknown[]): Promise<unknown> {
  await eventually(() => given.get(at)?.[name] !== undefined)
  return given.get(at)?.[name]?.(...args)
}

test('a call of a shared component that its own server took to the owner is answered by another server', async () => {
  const gate = deferred<void>()
  const { List, ran } = makeList('under way', () => gate.promise)
  function Page() {
    const [n, setN] = useState(0)
    return (
      <main>
        <List />
        {n}
        {give('own', { count: () => setN((before) => before + 1) })}
      </main>
    )
  }
  const { start } = cluster(Page)
  const [owner, first, second] = [start(), start(), start()]
  const watcher = await open(owner.server)
  await isThere(watcher)
  const balancer = new Balancer(first)
  const browser = await balancer.open()
  await isThere(browser)
  const answer = call('under way', 'add', 'a')
  await eventually(() => ran.length === 1)
  // Answered when the session is stored, with all that is known of its calls.
  await call('own', 'count')
  kill(first, balancer, browser)
  balancer.to = second
  await eventually(() => browser.down.filter((each) => each.includes('[-2,')).length === 2)
  gate.resolve()
  expect(await answer).toBe('a added')
  await shows(browser, 'a1')
  await shows(watcher, 'a0')
  expect(await call('under way', 'add', 'b')).toBe('b added')
  expect(ran).toEqual(['a', 'b'])
})

test('calls of shared components that were made offline wait, and run once, in their order', async () => {
  const { List, ran } = makeList('offline')
  const { start } = cluster(() => <List />)
  const [owner, first, second] = [start(), start(), start()]
  const watcher = await open(owner.server)
  await isThere(watcher)
  const balancer = new Balancer(first)
  const browser = await balancer.open()
  await isThere(browser)
  expect(await call('offline', 'add', 'a')).toBe('a added')
  kill(first, balancer, browser)
  const answers = ['b', 'c', 'd'].map((item) => call('offline', 'add', item))
  balancer.to = second
  expect(await Promise.all(answers)).toEqual(['b added', 'c added', 'd added'])
  for (const each of [browser, watcher]) await shows(each, 'a,b,c,d')
  expect(ran).toEqual(['a', 'b', 'c', 'd'])
})

test('where the server that is lost had the tree, calls wait for the one that goes on with it', async () => {
  const { List, ran } = makeList('owner')
  const { start } = cluster(() => <List />)
  const [first, second] = [start(), start()]
  const balancer = new Balancer(first)
  const browser = await balancer.open()
  await isThere(browser)
  const watcher = await open(second.server)
  await isThere(watcher)
  expect(await call('owner', 'add', 'a')).toBe('a added')
  await shows(watcher, 'a')
  kill(first, balancer, browser)
  const waits = call('owner', 'add', 'b')
  balancer.to = second
  expect(await waits).toBe('b added')
  for (const each of [browser, watcher]) await shows(each, 'a,b')
  expect(ran).toEqual(['a', 'b'])
})

test.each(['the owner', 'a server that follows'])(
  'a call that has taken its own function away is told its answer by %s',
  async (where) => {
    const at = `gone at ${where}`
    const { List, ran } = makeList(at)
    const { start } = cluster(() => <List />)
    const [owner, first, second] = [start(), start(), start()]
    const watcher = await open(owner.server)
    await isThere(watcher)
    const balancer = new Balancer(first)
    const browser = await balancer.open()
    await isThere(browser)
    owner.bus.loses = (message) => message.includes('"type":"result"')
    const answer = call(at, 'end')
    await shows(watcher, '.')
    owner.bus.loses = () => false
    kill(first, balancer, browser)
    balancer.to = where === 'the owner' ? owner : second
    expect(await answer).toBe('ended')
    expect(ran).toEqual(['end'])
  },
)

test('where nobody has the tree any more, no call reaches the one that takes its place', async () => {
  const { List, ran } = makeList('lost', async () => {}, { keepMs: 0 })
  const { start } = cluster(() => <List />, { sharedLeaseMs: 300 })
  const first = start()
  const balancer = new Balancer(first)
  const browser = await balancer.open()
  await isThere(browser)
  const onFirst = given.get('lost')
  kill(first, balancer, browser)
  const answer = call('lost', 'add', 'a')
  balancer.to = start()
  await expect(answer).rejects.toMatchObject({ code: 'connection_lost' })
  await eventually(() => given.get('lost') !== onFirst)
  expect(await call('lost', 'add', 'b')).toBe('b added')
  expect(ran).toEqual(['b'])
})

test('calls of a place that is gone do not hold up those behind them', async () => {
  let hide = false
  const { List, ran } = makeList('place')
  const own: string[] = []
  function Page() {
    const [shown] = useState(() => !hide)
    const note = (what: string) => {
      own.push(what)
      return 'noted'
    }
    return (
      <main>
        {shown && !hide ? <List /> : null}
        {give('own', { note })}
      </main>
    )
  }
  const { start } = cluster(Page)
  const [first, second] = [start(), start()]
  const balancer = new Balancer(first)
  const browser = await balancer.open()
  await eventually(() => given.has('place') && given.has('own'))
  kill(first, balancer, browser)
  const [lost, noted] = [call('place', 'add', 'a'), call('own', 'note', 'x')]
  hide = true
  balancer.to = second
  await expect(lost).rejects.toMatchObject({ code: 'connection_lost' })
  expect(await noted).toBe('noted')
  expect([ran, own]).toEqual([[], ['x']])
})
