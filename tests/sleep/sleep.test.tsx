import '../support/dom.ts'
import { shared, topic, usePresence, useSession, useTopic } from 'liveroot'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, useId, useState } from 'react'
import { click, framesSince, html, quietConsole, text, until } from '../live-tree/support.ts'
import { Sleepers } from './sleepers.ts'

quietConsole()

const limits = { sleepAfterMs: 20 }

let sleepers: Sleepers
beforeEach(() => {
  sleepers = new Sleepers()
})
const screens: LiveScreen[] = []
afterEach(async () => {
  for (const screen of screens.splice(0)) await screen.unmount()
  sleepers.stop()
})

const render: typeof renderLive = async (...args) => {
  const screen = await renderLive(...args)
  screens.push(screen)
  return screen
}

function Counter({ name = 'n' }: { name?: string }) {
  const [n, setN] = useState(0)
  return (
    <button type="button" id={name} onClick={() => setN(n + 1)}>
      {n}
    </button>
  )
}

const Draft = clientComponent('SleepDraft', ({ label }: { label: string }): ReactNode => {
  const [count, setCount] = useState(0)
  return (
    <label>
      {label}
      <input id={`draft-${label}`} />
      <i id={`count-${label}`} onClick={() => setCount(count + 1)}>
        {count}
      </i>
    </label>
  )
})

const find = <E extends HTMLElement>(screen: LiveScreen, selector: string) =>
  screen.container.querySelector(selector) as E

describe('an idle tree', () => {
  test('sleeps without a word; the next call runs once, on the state that it had, and brings only its effect', async () => {
    const screen = await render(<Counter />, { limits })
    await click(screen)
    await click(screen)
    const before = html(screen)
    const sent = screen.traffic.length
    await sleepers.until(1)
    expect(html(screen)).toBe(before)
    expect(framesSince(screen, sent)).toEqual([])
    await click(screen)
    expect(sleepers.wakes).toBe(1)
    expect(text(screen)).toBe('3')
    const frames = framesSince(screen, sent)
    expect(frames.map((frame) => frame.slice(frame.indexOf('\n') + 1))).toEqual(['0:[[2,[0],3]]\n'])
    // And again, as often as nothing happens.
    await sleepers.until(1)
    await click(screen)
    expect([text(screen), sleepers.wakes]).toEqual(['4', 2])
  })

  test('a call that changes nothing is answered', async () => {
    let calls = 0
    const screen = await render(<button type="button" onClick={() => void calls++} />, { limits })
    await sleepers.until(1)
    await click(screen)
    expect([calls, sleepers.wakes]).toEqual([1, 1])
    expect(html(screen)).toBe('<button type="button"></button>')
  })

  test('the calls that come together while it sleeps run in order', async () => {
    const App = () => {
      const [typed, setTyped] = useState('')
      const keys = ['a', 'b', 'c', 'd']
      return (
        <p>
          {keys.map((key) => (
            <button key={key} type="button" id={key} onClick={() => setTyped((all) => all + key)} />
          ))}
          {typed}
        </p>
      )
    }
    const screen = await render(<App />, { limits })
    await sleepers.until(1)
    for (const key of ['d', 'a', 'a', 'c', 'b']) find(screen, `#${key}`).click()
    await until(() => text(screen) === 'daacb')
    expect(sleepers.wakes).toBe(1)
  })

  test('where it looks otherwise than before, the browser is told; its own state, focus and drafts stay', async () => {
    let renders = 0
    const Changing = () => {
      const id = useId()
      const [open, setOpen] = useState(0)
      return (
        <div title={`${++renders} ${id}`}>
          <Counter />
          <button type="button" id="swap" onClick={() => setOpen(open + 1)} />
          {open % 2 === 0 ? <Even /> : <Odd />}
          <Draft label="top" />
        </div>
      )
    }
    const Even = () => <Draft label="even" />
    const Odd = () => (
      <section>
        <Draft label="odd" />
      </section>
    )
    const screen = await render(<Changing />, { limits })
    // An instance that took the hole of another has a key of its own in the browser.
    await click(screen, '#swap')
    await click(screen, '#swap')
    for (const label of ['top', 'even']) await click(screen, `#count-${label}`)
    const draft = find<HTMLInputElement>(screen, '#draft-even')
    draft.value = 'half typ'
    draft.focus()
    await screen.settled()
    const title = find(screen, 'div').title
    const sent = screen.traffic.length
    await sleepers.until(1)
    await click(screen, '#n')
    expect(text(screen)).toContain('1')
    expect(find(screen, 'div').title).not.toBe(title)
    expect(framesSince(screen, sent)).toHaveLength(2)
    expect([find(screen, '#count-top').textContent, find(screen, '#count-even').textContent]).toEqual([
      '1',
      '1',
    ])
    expect(find(screen, '#draft-even')).toBe(draft)
    expect([draft.value, document.activeElement === draft]).toEqual(['half typ', true])
  })
})

describe('a message', () => {
  const news = topic<string>('news')
  let gaps = 0

  function News({ of = news.name, title = '' }: { of?: string; title?: string }) {
    const [all, setAll] = useState<readonly string[]>([])
    useTopic<string>(of, (one) => setAll((before) => [...before, one]), { onGap: () => gaps++ })
    return (
      <p>
        {title}
        {all.join()}
      </p>
    )
  }

  beforeEach(() => {
    gaps = 0
  })

  test.each([
    ['without history', {}],
    ['with history', { topics: { 'news:*': { history: 10 }, news: { history: 10 } } }],
  ])('of a topic %s wakes the tree, which gets it and those after it, once each', async (_, options) => {
    const App = () => (
      <>
        <News />
        <News title="twice " />
        <News of="news:*" title="pattern " />
      </>
    )
    const screen = await render(<App />, { limits, ...options })
    await screen.server.publish(news, 'a')
    await screen.server.publish('news:x', 'x')
    await until(() => text(screen) === 'atwice apattern x')
    await sleepers.until(1)
    const before = gaps
    for (const message of ['b', 'c']) void screen.server.publish(news, message)
    void screen.server.publish('news:y', 'y')
    await until(() => text(screen) === 'a,b,ctwice a,b,cpattern x,y')
    expect(sleepers.wakes).toBe(1)
    await sleepers.until(1)
    await screen.server.publish('news:z', 'z')
    await until(() => text(screen).endsWith('x,y,z'))
    await sleepers.until(1)
    expect(text(screen)).toBe('a,b,ctwice a,b,cpattern x,y,z')
    expect(gaps).toBe(before)
  })

  test('keeps it awake for a while, also where nothing is rendered', async () => {
    let heard = 0
    const Listener = () => {
      useTopic(news, () => void heard++)
      return 'quiet'
    }
    const screen = await render(<Listener />, { limits: { sleepAfterMs: 100 } })
    for (let n = 0; n < 60; n++) {
      await screen.server.publish(news, 'x')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([heard, sleepers.asleep, sleepers.wakes]).toEqual([60, 0, 0])
    await sleepers.until(1)
  })
})

describe('who is present', () => {
  let joins: string[] = []

  function Room({ name, looksOn = false }: { name: string; looksOn?: boolean }) {
    const here = usePresence('room', looksOn ? null : name, {
      key: name,
      onJoin: ({ key }) => joins.push(`${name} sees ${key}`),
      onLeave: ({ key }) => joins.push(`${name} sees ${key} leave`),
    })
    return <Counter name={here.map(({ key }) => key).join('-')} />
  }

  test('stays present in sleep, and wakes when somebody comes or leaves, who is told', async () => {
    joins = []
    const names = ['ann', 'bob', 'cid']
    const App = () => {
      const { id } = useSession()
      const [name] = useState(() => names.shift() ?? id)
      return <Room name={name} />
    }
    const screen = await render(<App />, { limits })
    await until(() => html(screen).includes('id="ann"'))
    await sleepers.until(1)
    joins = []
    const { second, leave } = await another(screen)
    await until(() => html(screen).includes('id="ann-bob"'))
    expect(joins.filter((each) => each === 'ann sees bob')).toHaveLength(1)
    await sleepers.until(2)
    // The first is still here for a third, in its place.
    const third = await another(screen)
    await until(() => third.second().includes('ann-bob-cid'))
    await until(() => html(screen).includes('id="ann-bob-cid"'))
    expect(joins.filter((each) => each.includes('leave'))).toEqual([])
    await sleepers.until(3)
    leave()
    await until(() => html(screen).includes('id="ann-cid"'))
    await until(() => joins.includes('ann sees bob leave'))
    expect(second()).toContain('bob')
    third.leave()
  })
})

/** One more browser of the same server, by hand: what it was sent. */
async function another(screen: LiveScreen) {
  const down: string[] = []
  let acknowledged = 0
  const listener = screen.server.accept({
    bufferedBytes: 0,
    send: (data) => {
      down.push(String(data))
      const frame = /^f1,(\d+)/.exec(String(data))?.[1]
      if (frame !== undefined) acknowledged = Number(frame)
      if (frame !== undefined) setImmediate(() => listener.message(`a1,${acknowledged},${acknowledged}`))
    },
    close() {},
    terminate() {},
  })
  listener.message('h2')
  listener.message('m1\n/')
  await until(() => down.some((message) => message.startsWith('f1,')))
  return { second: () => down.join('\n'), leave: () => listener.closed(1000) }
}

test('a shared component in a sleeping tree goes on, and a call in it wakes nobody', async () => {
  const Likes = shared(function Likes({ children }: { children?: ReactNode }) {
    const [likes, setLikes] = useState(0)
    return (
      <p>
        <b id="likes" onClick={() => setLikes((n) => n + 1)}>
          {likes}
        </b>
        {children}
      </p>
    )
  })
  const App = () => (
    <Likes>
      <Counter />
    </Likes>
  )
  const screen = await render(<App />, { limits })
  await sleepers.until(1)
  await click(screen, '#likes')
  await until(() => find(screen, '#likes').textContent === '1')
  expect(sleepers.wakes).toBe(0)
  await click(screen, '#n')
  expect([find(screen, '#n').textContent, find(screen, '#likes').textContent]).toEqual(['1', '1'])
  expect(sleepers.wakes).toBe(1)
  await click(screen, '#likes')
  await until(() => find(screen, '#likes').textContent === '2')
  await sleepers.until(1)
})
