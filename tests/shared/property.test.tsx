import '../support/dom.ts'
import fc from 'fast-check'
import { shared } from 'liveroot'
import { type LiveServer, route } from 'liveroot/server'
import { useState } from 'react'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { type Browser, closeServers, eventually, openBrowser, serve, sharedFrames } from './support.tsx'

afterEach(closeServers)

interface Item {
  readonly id: number
  readonly text: string
  readonly open: boolean
}

let change: (update: (items: readonly Item[]) => readonly Item[]) => void = () => {}

function ListView() {
  const [items, setItems] = useState<readonly Item[]>([])
  change = setItems
  return <Items items={items} />
}

function Items({ items }: { items: readonly Item[] }) {
  return (
    <ul className={items.length > 2 ? 'long' : undefined}>
      {items.map((item) => (
        <Row key={item.id} item={item} />
      ))}
    </ul>
  )
}

function Row({ item }: { item: Item }) {
  return (
    <li>
      {item.text}
      {item.open ? <Detail item={item} /> : null}
    </li>
  )
}

function Detail({ item }: { item: Item }) {
  return <b title={item.text}>{item.id}</b>
}

const List = shared(ListView, { graceMs: 60_000 })

const place = fc.nat({ max: 7 })
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('add' as const), at: place, text: fc.string({ maxLength: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('edit' as const), at: place, text: fc.string({ maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reverse' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stall' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), at: place }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), at: place }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Watcher {
  readonly browser: Browser
  stalled: boolean
}

/** The browsers of one run, and the state that they shall show. */
class Run {
  readonly watchers: Watcher[] = []
  items: readonly Item[] = []
  private lastId = 0

  constructor(private readonly server: LiveServer) {}

  async join(): Promise<void> {
    const watcher: Watcher = { stalled: false } as Watcher
    const bufferedBytes = () => (watcher.stalled ? 2_000_000 : 0)
    const browser = await openBrowser(this.server, { bufferedBytes, latency: { latencyMs: 2, jitterMs: 4 } })
    this.watchers.push(Object.assign(watcher, { browser }))
  }

  async take(step: Step): Promise<void> {
    const { items } = this
    const at = step.at % Math.max(1, items.length)
    const watcher = this.watchers[step.at % this.watchers.length] as Watcher
    switch (step.do) {
      case 'add':
        return this.set([
          ...items.slice(0, at),
          { id: ++this.lastId, text: step.text, open: false },
          ...items.slice(at),
        ])
      case 'edit':
        return this.set(items.map((item, i) => (i === at ? { ...item, text: step.text } : item)))
      case 'toggle':
        return this.set(items.map((item, i) => (i === at ? { ...item, open: !item.open } : item)))
      case 'remove':
        return this.set(items.filter((_, i) => i !== at))
      case 'reverse':
        return this.set([...items].reverse())
      case 'join':
        return this.watchers.length < 5 ? this.join() : undefined
      case 'leave':
        if (this.watchers.length === 1) return
        this.watchers.splice(this.watchers.indexOf(watcher), 1)
        return watcher.browser.close()
      case 'drop':
        return watcher.browser.drop()
      case 'stall':
      case 'read':
        watcher.stalled = step.do === 'stall'
        return watcher.stalled ? undefined : watcher.browser.drained()
      case 'wait':
        for (let turn = 0; turn < step.at; turn++) await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  private set(items: readonly Item[]): void {
    this.items = items
    change(() => items)
  }
}

/** The numbers of a viewer's frames: each is the one after the last, or begins a picture, and none comes twice. */
function checkFrames(browser: Browser): void {
  let last = 0
  for (const frame of sharedFrames(browser)) {
    const [, number = '', payload = ''] = /^f\d+,(\d+)[^\n]*\n(.*)$/s.exec(frame) ?? []
    const isPicture = payload.startsWith('0:[[-2,')
    if (!isPicture) expect(Number(number)).toBe(last + 1)
    last = Number(number)
  }
}

async function expected(items: readonly Item[]): Promise<string> {
  const { createRoot } = await loadReactDom()
  const container = document.createElement('div')
  const root = createRoot(container)
  root.render(<Items items={items} />)
  await eventually(() => container.firstChild !== null)
  const html = container.innerHTML
  root.unmount()
  return html
}

test('whoever joins, leaves, stalls or reconnects, and whenever: everybody shows what React shows, no frame is missed and none comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const server = serve({ routes: [route('/', () => <List />)], limits: { maxUnackedFrames: 4 } })
      const run = new Run(server)
      await run.join()
      await eventually(() => run.watchers[0]?.browser.html.startsWith('<ul') === true)
      for (const step of steps) await run.take(step)
      for (const watcher of run.watchers) {
        watcher.stalled = false
        watcher.browser.drained()
      }
      const html = await expected(run.items)
      for (const { browser } of run.watchers) {
        await eventually(() => browser.html === html).catch(() => expect(browser.html).toBe(html))
        checkFrames(browser)
      }
      for (const { browser } of run.watchers) await browser.close()
      await closeServers()
    }),
    { numRuns: Number(process.env.LIVEROOT_FUZZ_RUNS ?? 12) },
  )
}, 120_000)
