import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import { quietConsole, text, until } from '../live-tree/support.ts'
import { enter } from '../support/user.ts'
import { randomScript, type Step, seeded, undisturbed } from './script.ts'

quietConsole()

let ask: (number: number) => Promise<number> = async () => 0
const Probe = clientComponent('CutsProbe', ({ ask: given }: { ask: unknown }): ReactNode => {
  ask = given as typeof ask
  return null
})

/** Everything that the server runs is told to `run`. */
function makeApp(run: (effect: string) => void) {
  let push: (line: string) => void = () => {}
  let clicksRun = 0
  const App = () => {
    const [clicks, setClicks] = useState(0)
    const [typed, setTyped] = useState('')
    const [pushed, setPushed] = useState('')
    push = (line) => setPushed((all) => all + line)
    const click = () => {
      run(`click ${++clicksRun}`)
      setClicks((count) => count + 1)
    }
    const change = ({ target }: { target: { value: string } }) => {
      run(`type ${target.value}`)
      setTyped(target.value)
    }
    const answer = async (number: number) => {
      run(`ask ${number}`)
      return number * 2
    }
    return (
      <form>
        <Probe ask={answer} />
        <button type="button" onClick={click}>
          {clicks}
        </button>
        |{typed}|{pushed}
        <input value={typed} onChange={change} />
      </form>
    )
  }
  return { App, push: (line: string) => push(line) }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

async function play(steps: readonly Step[], limits: Record<string, number>) {
  const effects: string[] = []
  const { App, push } = makeApp((effect) => effects.push(effect))
  const client = { reconnect: { firstDelayMs: 1, maxDelayMs: 2 }, maxOfflineCalls: 1_000 }
  const screen = await renderLive(<App />, { client, limits })
  const answers: Promise<number>[] = []
  const find = <E extends Element>(selector: string) => screen.container.querySelector(selector) as E
  for (const step of steps) {
    if (step.kind === 'click') find<HTMLButtonElement>('button').click()
    if (step.kind === 'type') enter(find<HTMLInputElement>('input'), step.text)
    if (step.kind === 'push') push(step.text)
    if (step.kind === 'ask') answers.push(ask(step.number))
    if (step.kind === 'turns') await turns(step.count)
    if (step.kind === 'cut') screen.link.cut()
    if (step.kind === 'offline') screen.link.goOffline()
    if (step.kind === 'online') screen.link.goOnline()
  }
  const { text: expected, typed } = undisturbed(steps)
  await until(
    () => text(screen) === expected,
    () => `${text(screen)} is not ${expected}`,
  )
  await until(() => find<HTMLInputElement>('input').value === typed)
  const result = { effects, answers: await Promise.all(answers), opened: screen.link.opened }
  expect([screen.server.sessions, screen.server.refused]).toEqual([1, expect.anything()])
  await screen.unmount()
  return result
}

const seed = Number(process.env.LIVEROOT_SEED ?? Math.floor(Math.random() * 1e9))
const runs = Number(process.env.LIVEROOT_RUNS ?? 5)

test.each([
  ['resumed', {}],
  ['restored, where what was on the way is dropped', { maxUnackedBytes: 400 }],
])(
  `calls run once and in order, and the page is as if nothing had been cut: sessions are %s (seed ${seed})`,
  async (_, limits) => {
    let cuts = 0
    for (let run = 0; run < runs; run++) {
      const steps = randomScript(seeded(seed + run), 60)
      const expected = undisturbed(steps)
      const { effects, answers, opened } = await play(steps, limits)
      cuts += opened - 1
      expect({ run, effects }).toEqual({ run, effects: expected.effects })
      const asked = steps.flatMap((step) => (step.kind === 'ask' ? [step.number * 2] : []))
      expect(answers).toEqual(asked)
    }
    expect(cuts).toBeGreaterThan(runs)
  },
  120_000,
)
