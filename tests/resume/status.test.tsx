import '../support/dom.ts'
import { LiveBanner, LiveRoot, type LiveStatus, useLiveStatus } from 'liveroot/client'
import { route } from 'liveroot/server'
import { clientComponent } from 'liveroot/testing'
import { type ReactNode, Suspense } from 'react'
import { sessionForImports } from '../../src/client/live-client.ts'
import { openPage, type Page } from '../live-tree/page.ts'
import { quietConsole, until } from '../live-tree/support.ts'

quietConsole()

let status: LiveStatus | undefined
function Status(): ReactNode {
  status = useLiveStatus()
  return null
}

let ask: (name?: string) => Promise<unknown> = async () => {}
/** What was asked, in the order in which it came. */
const asked: (string | undefined)[] = []
const Probe = clientComponent('StatusProbe', ({ onAsk }: { onAsk: typeof ask }): ReactNode => {
  ask = onAsk
  return 'ready'
})

async function onAsk(name?: string): Promise<string> {
  asked.push(name)
  return 'done'
}

async function open(): Promise<Page> {
  const page = await openPage({ routes: [route('/', () => <Probe onAsk={onAsk} />)] })
  page.render(
    <>
      <Suspense>
        <LiveRoot route="/" />
      </Suspense>
      <Status />
      <LiveBanner delayMs={5} countdown={(seconds) => `next in ${seconds}`} />
    </>,
  )
  await until(() => page.text() === 'ready')
  return page
}

const banner = (page: Page) => page.container.querySelector('[role=status]')

test('the status says why the connection is away, when it is tried again, and what waits; the banner shows it', async () => {
  const page = await open()
  expect(banner(page)?.textContent).toBe('')
  page.offline = true
  page.connections[0]?.drop()
  await until(() => status?.state === 'waiting')
  expect(status).toMatchObject({ reason: 'connection_lost', unsentCalls: 0 })
  expect(status?.nextTryAt).toBeGreaterThan(Date.now() - 1_000)
  const answers = [ask(), ask()]
  await until(() => status?.unsentCalls === 2)
  await until(() => banner(page)?.textContent?.includes('2 changes wait to be sent.') === true)
  await until(() => banner(page)?.querySelector('[aria-hidden]')?.textContent?.includes('next in') === true)
  page.offline = false
  banner(page)?.querySelector('button')?.click()
  expect(await Promise.all(answers)).toEqual(['done', 'done'])
  await until(() => banner(page)?.textContent === '')
  expect(status).toMatchObject({ state: 'open', reason: null, nextTryAt: null, attempts: 0, unsentCalls: 0 })
  await page.close()
})

test('a page whose session another one takes says so, and does not fight for it', async () => {
  const page = await open()
  const { token } = JSON.parse(
    page.connections[0]?.down.find((each) => each.startsWith('w'))?.split('\n')[1] ?? '',
  )
  const other = page.connect({ opened() {}, message() {}, closed() {} })
  await until(() => page.connections.length === 2)
  other.send(`h2\n${JSON.stringify({ token })}`)
  await until(() => status?.state === 'closed')
  expect(status).toMatchObject({ reason: 'session_taken', nextTryAt: null })
  await until(() => banner(page)?.textContent?.includes('another tab') === true)
  await expect(ask()).rejects.toMatchObject({ code: 'connection_lost' })
  expect(page.connections).toHaveLength(2)
  await page.close()
})

test('a call that is made at the moment when the page is in touch again is sent once', async () => {
  const page = await open()
  asked.length = 0
  page.connections[0]?.drop()
  const store = sessionForImports().status
  const answer = new Promise((resolve) => {
    const stop = store.watch(() => {
      if (store.current.state !== 'open') return
      stop()
      resolve(ask('at once'))
    })
  })
  expect(await answer).toBe('done')
  expect(await ask('later')).toBe('done')
  expect(asked).toEqual(['at once', 'later'])
  expect(page.connections[1]?.up.filter((message) => message.startsWith('c'))).toHaveLength(2)
  await page.close()
})

test('each hello of a page that goes on has a greater number', async () => {
  const page = await open()
  for (let n = 1; n <= 3; n++) {
    page.connections.at(-1)?.drop()
    await until(() => page.connections.length > n && status?.state === 'open')
  }
  const [first, ...others] = page.connections.map(({ up }) => JSON.parse(up[0]?.slice(3) ?? ''))
  expect(first).toEqual({})
  expect(others.map(({ attempt }) => attempt)).toEqual([2, 3, 4])
  await page.close()
})
