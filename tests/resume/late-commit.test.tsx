import '../support/dom.ts'
import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import { Suspense, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import type { ClientSocketListener } from '../../src/client/transport.ts'
import { deferred, until } from '../live-tree/support.ts'

interface Connected {
  readonly listener: ClientSocketListener
  readonly sent: string[]
}

const welcome = (session: string, series: number) =>
  `w2,25000,32\n${JSON.stringify({ token: 'k.s', session, series, handled: 0, maxCalls: 64, maxMessageBytes: 65_536 })}`
const whole = (sequence: number, n: number) =>
  `f1,${sequence}\n0:[[0,["$","",null,[1]]],[1,["$","button",null,{"onClick":["$","",null,["0.onClick"]],"children":${n}}]]]\n`

test('a click on what React put on screen after a restart, of what came before it, is for that frame', async () => {
  const connections: Connected[] = []
  const client = createLiveClient({
    reconnect: { firstDelayMs: 1, maxDelayMs: 1 },
    connect: (listener) => {
      const sent: string[] = []
      connections.push({ listener, sent })
      return { send: (data) => void sent.push(String(data)), close() {} }
    },
  })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  root.render(
    <LiveProvider client={client}>
      <Suspense>
        <LiveRoot route="/" />
      </Suspense>
    </LiveProvider>,
  )
  await until(() => connections.length === 1)
  const [first] = connections as [Connected]
  first.listener.opened()
  for (const message of [welcome('new', 0), whole(1, 4)]) first.listener.message(message)
  await until(() => container.textContent === '4')
  await until(() => first.sent.includes('a1,1,1'))
  // An action of the page holds back what comes meanwhile.
  const action = deferred()
  startTransition(() => action.promise)
  first.listener.message('f1,2\n0:[[1,[0],5]]\n')
  await until(() => first.sent.includes('a1,2,1'))
  first.listener.closed(1006)
  await until(() => connections.length === 2)
  const second = connections[1] as Connected
  second.listener.opened()
  second.listener.message(welcome('restored', 1))
  action.resolve()
  await until(() => container.textContent === '5')
  container.querySelector('button')?.click()
  second.listener.message(whole(2_001, 4))
  await until(() => second.sent.some((message) => message.startsWith('c')))
  expect(second.sent.find((message) => message.startsWith('c'))).toMatch(/^c1,1,2,1\n/)
  second.listener.message('r1,2001')
  await until(() => container.textContent === '4')
  root.unmount()
  client.close()
  container.remove()
})
