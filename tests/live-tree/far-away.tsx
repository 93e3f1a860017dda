import '../../src/testing/webpack-globals.ts'

import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import { createLiveServer, route } from 'liveroot/server'
import { clientModules, connectInMemory } from 'liveroot/testing'
import { type ReactElement, Suspense } from 'react'
import type { Body } from '../../src/protocol/messages.ts'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { until, wait } from './support.ts'

/** Far enough that several keys are under way at once, in both directions. */
const latency = { latencyMs: 40, jitterMs: 25 }

export interface FarPage {
  readonly container: HTMLElement
  find<T extends Element = HTMLInputElement>(selector?: string): T
  /** What the browser has sent and not had an answer to. */
  readonly calls: { sent: number; answered: number }
  /** Waits until every call is answered and shown. */
  answered(): Promise<void>
  close(): Promise<void>
}

/** A live component at the other end of a slow connection. */
export async function openFarAway(element: ReactElement): Promise<FarPage> {
  const { createRoot } = await loadReactDom()
  const server = createLiveServer({ clientModules, routes: [route('/', () => element)] })
  const calls = { sent: 0, answered: 0 }
  const up = (data: Body) => void (letter(data) === 'c' && calls.sent++)
  const connect = connectInMemory(server.accept, { up }, latency)
  const client = createLiveClient({
    connect: (listener) =>
      connect({
        opened: () => listener.opened(),
        closed: (code) => listener.closed(code),
        message: (data) => {
          if ('ry'.includes(letter(data))) calls.answered++
          listener.message(data)
        },
      }),
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
  await until(() => container.innerHTML !== '')
  return {
    container,
    calls,
    find: <T extends Element>(selector = 'input') => container.querySelector(selector) as T,
    async answered() {
      await until(() => calls.answered === calls.sent)
      // What was answered is decoded and shown in some turns of the event loop.
      for (let turn = 0; turn < 40; turn++) await wait(1)
    },
    async close() {
      root.unmount()
      await wait(latency.latencyMs * 2)
      client.close()
      container.remove()
      await server.close()
    },
  }
}

/** The letter of a message's type. */
function letter(data: Body): string {
  return typeof data === 'string' ? data.charAt(0) : String.fromCharCode(data[0] as number)
}
