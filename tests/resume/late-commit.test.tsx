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
  `f1,${sequence}\n0:[[0,["$","p",null,{"children":[["$","",null,[1]],["$","",null,[2]]]}]],[1,["$","button",null,{"onClick":["$","",null,["0.onClick"]],"children":${n}}]],[2,""]]\n`

/** It waits for a slot that has not come. */
const waiting = 'f1,2\n0:[[1,[0],["$","",null,[9]]]]\n'

/** A page whose server is played by the test: it has shown 4, and what frame 2 brings is held back. */
async function heldBack(frame: string, action?: () => Promise<void>) {
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
  if (action !== undefined) startTransition(action)
  first.listener.message(frame)
  await until(() => first.sent.includes('a1,2,1'))
  /** The connection breaks, and the server has the tree again, from its store. */
  const restart = async (): Promise<Connected> => {
    first.listener.closed(1006)
    await until(() => connections.length === 2)
    const second = connections[1] as Connected
    second.listener.opened()
    second.listener.message(welcome('restored', 1))
    return second
  }
  const close = () => {
    root.unmount()
    client.close()
    container.remove()
  }
  return { container, server: first, restart, close }
}

async function call({ sent }: Connected, number: number): Promise<string | undefined> {
  const find = () => sent.find((message) => message.startsWith(`c${number},`))
  await until(() => find() !== undefined)
  return find()
}

test('a click on what React put on screen after a restart, of what came before it, is for that frame', async () => {
  // An action of the page holds back what comes meanwhile.
  const action = deferred()
  const { container, restart, close } = await heldBack('f1,2\n0:[[1,[0],5]]\n', () => action.promise)
  const server = await restart()
  action.resolve()
  await until(() => container.textContent === '5')
  container.querySelector('button')?.click()
  server.listener.message(whole(2_001, 4))
  expect(await call(server, 1)).toMatch(/^c1,1,2,1\n/)
  server.listener.message('r1,2001')
  await until(() => container.textContent === '4')
  close()
})

test('a click on what a transition holds back is for what is on screen, also after a restart', async () => {
  const { container, server: before, restart, close } = await heldBack(waiting)
  before.listener.message('f1,3\n0:[[2,"now"]]\n')
  await until(() => container.textContent === '4now')
  const server = await restart()
  container.querySelector('button')?.click()
  server.listener.message(whole(2_001, 6))
  expect(await call(server, 1)).toMatch(/^c1,1,1,1\n/)
  server.listener.message('r1,2001')
  await until(() => container.textContent === '6')
  container.querySelector('button')?.click()
  expect(await call(server, 2)).toMatch(/^c2,1,2001,1\n/)
  server.listener.message('r2,2001')
  await until(() => container.querySelector('[data-live-pending]') === null)
  close()
})

test('what comes after a restart shows no fallback while what was there before can stay', async () => {
  const { container, restart, close } = await heldBack(waiting)
  const server = await restart()
  server.listener.message(
    'f1,2001\n0:[[0,["$","p",null,{"children":[["$","",null,[1]],["$","",null,[2]]]}]],[1,["$","",null,[9]]],[2,"a"]]\n',
  )
  server.listener.message('f1,2002\n0:[[2,"b"]]\n')
  await until(() => server.sent.some((message) => message.startsWith('a1,2002')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([container.textContent, container.querySelector('p')?.style.display]).toEqual(['4', ''])
  server.listener.message('f1,2003\n0:[[9,"there"]]\n')
  await until(() => container.textContent === 'thereb')
  close()
})
