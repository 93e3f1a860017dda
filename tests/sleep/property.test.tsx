import '../support/dom.ts'
import { topic, useTopic } from 'liveroot'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, useReducer, useState } from 'react'
import { html, quietConsole, until } from '../live-tree/support.ts'
import { Draw } from '../support/random.ts'
import { Sleepers } from './sleepers.ts'

quietConsole()
jest.setTimeout(300_000)

const seed = Number(process.env.LIVEROOT_SEED ?? Math.floor(Math.random() * 1e6))
const news = topic<number>('sleep-property')

const Own = clientComponent('SleepOwn', ({ name }: { name: string }): ReactNode => {
  const [count, setCount] = useState(0)
  return (
    <i className="own" onClick={() => setCount(count + 1)}>
      {name} {count}
    </i>
  )
})

interface Row {
  readonly id: number
  readonly n: number
}

function RowView({ id }: { id: number }) {
  const [n, add] = useReducer((before: number) => before + id, id)
  return (
    <li>
      <b className="server" onClick={add}>
        {n}
      </b>
      <Own name={`row ${id}`} />
    </li>
  )
}

function Heard() {
  const [heard, setHeard] = useState<readonly number[]>([])
  useTopic(news, (n) => setHeard((all) => [...all, n].slice(-3)))
  return <p>{heard.join()}</p>
}

const One = () => <RowView id={100} />
const Other = () => (
  <section>
    <RowView id={200} />
    <Heard />
  </section>
)

function App() {
  const [rows, setRows] = useState<readonly Row[]>([{ id: 1, n: 0 }])
  const [side, setSide] = useState(false)
  const next = Math.max(0, ...rows.map(({ id }) => id)) + 1
  return (
    <div>
      <b className="server" onClick={() => setRows([{ id: next, n: 0 }, ...rows])} />
      <b className="server" onClick={() => setRows(rows.slice(0, -1))} />
      <b className="server" onClick={() => setRows([...rows].reverse())} />
      <b className="server" onClick={() => setSide(!side)} />
      <Heard />
      {side ? <Other /> : <One />}
      <ul>
        {rows.map(({ id }) => (
          <RowView key={id} id={id} />
        ))}
      </ul>
    </div>
  )
}

const press = (screen: LiveScreen, selector: string, which: number) => {
  const all = screen.container.querySelectorAll<HTMLElement>(selector)
  all[which % all.length]?.click()
}

/** What the page shows after the same steps; `pause` is what happens between some of them. */
async function play(screen: LiveScreen, pause: () => Promise<void>): Promise<string[]> {
  const draw = new Draw(seed)
  const shown: string[] = []
  for (let step = 0; step < 40; step++) {
    const [kind, which] = [draw.number(), Math.floor(draw.number() * 1e6)]
    if (kind < 0.6) press(screen, '.server', which)
    else if (kind < 0.8) press(screen, '.own', which)
    else await screen.server.publish(news, step)
    if (draw.number() < 0.6) continue
    await screen.settled()
    if (kind >= 0.8) await until(() => html(screen).includes(String(step)))
    await screen.settled()
    shown.push(html(screen))
    await pause()
  }
  return shown
}

test(`a page whose trees sleep whenever nothing happens shows what one shows that never sleeps (seed ${seed})`, async () => {
  const awake = await renderLive(<App />)
  const expected = await play(awake, async () => {})
  await awake.unmount()
  const sleepers = new Sleepers()
  const screen = await renderLive(<App />, { limits: { sleepAfterMs: 5 } })
  const shown = await play(screen, () => sleepers.until(1))
  expect(shown).toEqual(expected)
  expect(sleepers.wakes).toBeGreaterThan(3)
  await screen.unmount()
  sleepers.stop()
})
