import '../support/dom.ts'
import { useSession } from 'liveroot'
import { type LiveStatus, useLiveStatus } from 'liveroot/client'
import { clientComponent, type LiveScreen, renderLive } from 'liveroot/testing'
import { type ReactNode, useState } from 'react'
import type { WelcomeBody } from '../../src/protocol/messages.ts'
import { quietConsole, text, until, wait } from './support.ts'

quietConsole()

interface User {
  readonly id: string
  readonly name: string
}

const ada: User = { id: 'ada', name: 'Ada' }
/** Who the browser's cookies say it is. */
let cookie: User | null | false = null

let status: LiveStatus
const Status = clientComponent('LoginStatus', (): ReactNode => {
  status = useLiveStatus()
  return null
})

const rendered: string[] = []

function Hello(): ReactNode {
  const { user, connected } = useSession<User>()
  const [n, setN] = useState(0)
  rendered.push(connected ? 'here' : 'away')
  return (
    <button onClick={() => setN((before) => before + 1)}>
      {user?.name ?? 'nobody'} {n}
      <Status />
    </button>
  )
}

const options = {
  authenticate: () => cookie,
  client: { reconnect: { firstDelayMs: 5, maxDelayMs: 5 } },
}

async function open(): Promise<LiveScreen> {
  const screen = await renderLive(<Hello />, options)
  screen.container.querySelector('button')?.click()
  await until(() => text(screen).endsWith('1'))
  return screen
}

beforeEach(() => {
  cookie = ada
  rendered.length = 0
})

test('a page that logs in gets another session: nobody’s state is not the user’s', async () => {
  cookie = null
  const screen = await open()
  expect(text(screen)).toBe('nobody 1')
  cookie = ada
  status.reconnect()
  await until(() => text(screen) === 'Ada 0')
  await screen.unmount()
})

test('for the same user the session goes on, with what is new of the user', async () => {
  const screen = await open()
  cookie = { ...ada, name: 'Countess' }
  status.reconnect()
  await until(() => text(screen) === 'Countess 1')
  expect(screen.server.sessions).toBe(1)
  await screen.unmount()
})

test('a lost connection shows in the session, and when it is back', async () => {
  const screen = await open()
  screen.link.goOffline()
  await until(() => rendered.at(-1) === 'away')
  screen.link.goOnline()
  await until(() => rendered.at(-1) === 'here')
  expect(text(screen)).toBe('Ada 1')
  await screen.unmount()
})

test('a session that is revoked stays closed, says why, and begins anew when the page asks', async () => {
  const screen = await open()
  expect(screen.server.disconnect({ userId: 'ada' })).toBe(1)
  await until(() => status.state === 'closed')
  const { opened } = screen.link
  expect(status.reason).toBe('revoked')
  await wait(50)
  expect(screen.link.opened).toBe(opened)
  status.retryNow()
  await until(() => text(screen) === 'Ada 0')
  await screen.unmount()
})

test('a copied token that is used beside the page takes over; the page shows it, and does not fight', async () => {
  const screen = await open()
  const welcome = screen.traffic.find(({ up, data }) => !up && String(data).startsWith('w'))
  const { token } = JSON.parse(String(welcome?.data).split('\n')[1] as string) as WelcomeBody
  const thief: string[] = []
  const listener = screen.server.accept({
    bufferedBytes: 0,
    send: (data) => void thief.push(String(data)),
    close() {},
    terminate() {},
  })
  listener.message(`h2\n${JSON.stringify({ token })}`)
  await until(() => status.state === 'closed')
  const { opened } = screen.link
  expect(status.reason).toBe('session_taken')
  expect(screen.server.refused).toMatchObject({ session_taken: 1 })
  await wait(50)
  expect(screen.link.opened).toBe(opened)
  listener.closed()
  await screen.unmount()
})

test('a browser that is not let in says so', async () => {
  cookie = false
  const Fallback = () => {
    status = useLiveStatus()
    return 'loading'
  }
  const screen = await renderLive(<Hello />, { ...options, settleTimeoutMs: 1, fallback: <Fallback /> })
  await until(() => status.state === 'closed')
  expect([text(screen), status.reason]).toEqual(['loading', 'unauthorized'])
  cookie = ada
  status.retryNow()
  await until(() => text(screen) === 'Ada 0')
  await screen.unmount()
})
