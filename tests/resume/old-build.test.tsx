import '../support/dom.ts'
import { clientComponent, renderLive } from 'liveroot/testing'
import type { ReactNode } from 'react'
import { deferred, quietConsole, text, until, wait } from '../live-tree/support.ts'
import { enter } from '../support/user.ts'

quietConsole()

let ask: () => Promise<unknown> = async () => {}
const Probe = clientComponent('BuildProbe', ({ ask: given }: { ask: () => Promise<unknown> }): ReactNode => {
  ask = given
  return <input />
})

async function open(build: string | undefined, given: () => Promise<unknown> = async () => {}) {
  const heard: string[] = []
  const client = {
    build,
    onNewBuild: (each: string) => heard.push(each),
    reconnect: { firstDelayMs: 5, maxDelayMs: 5 },
  }
  const screen = await renderLive(<Probe ask={given} />, { build: 'new', client: client as never })
  return { screen, heard }
}

test('a page of another build hears of it, once, when nothing is unanswered and nothing half typed', async () => {
  const { promise, resolve } = deferred()
  const { screen, heard } = await open('old', () => promise)
  // Nothing was to be waited for.
  await until(() => heard.length === 1)
  const answer = ask()
  const input = screen.container.querySelector('input') as HTMLInputElement
  enter(input, 'half')
  screen.link.cut()
  await until(() => screen.link.opened === 2)
  await wait(1_200)
  resolve()
  await answer
  await wait(1_200)
  expect(heard).toEqual(['new'])
  enter(input, '')
  input.value = ''
  await until(() => heard.length === 2)
  expect(text(screen)).toBe('')
  await screen.unmount()
})

test.each(['new', undefined])('a page of the build %s does not', async (build) => {
  const { screen, heard } = await open(build)
  await wait(20)
  expect(heard).toEqual([])
  await screen.unmount()
})
