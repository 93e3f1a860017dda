import { setTimeout as sleep } from 'node:timers/promises'
import { type Connect, createLiveClient, LiveProvider } from 'liveroot/client'
import { createLiveServer, type LiveServer, type LiveServerOptions } from 'liveroot/server'
import { clientModules, connectInMemory } from 'liveroot/testing'
import { createElement, type ReactNode } from 'react'
import type { Body } from '../../src/protocol/messages.ts'
import { loadReactDom } from '../../src/testing/react-halves.ts'

interface PageConnection {
  readonly up: string[]
  readonly down: string[]
  drop(): void
}

/** A page with React components of its own around its live roots, and a hand on its connection. */
export interface Page {
  readonly container: HTMLElement
  readonly server: LiveServer
  /** What was sent, per connection that was opened. */
  readonly connections: PageConnection[]
  /** Opens a connection beside the page's own. */
  readonly connect: Connect
  /** While it is true, no connection is opened. */
  offline: boolean
  render(node: ReactNode): void
  text(): string
  close(): Promise<void>
}

export async function openPage(options: LiveServerOptions): Promise<Page> {
  const { createRoot } = await loadReactDom()
  const server = createLiveServer({ clientModules, ...options })
  const connections: PageConnection[] = []
  const connect: Connect = (listener) => {
    if (page.offline) {
      setImmediate(() => listener.closed(1006))
      return { send() {}, close() {} }
    }
    const up: string[] = []
    const down: string[] = []
    const connection = { up, down, drop: () => {} }
    connections.push(connection)
    const accept: LiveServer['accept'] = (socket) => {
      connection.drop = () => socket.terminate()
      return server.accept(socket)
    }
    const traffic = {
      up: (data: Body) => up.push(String(data)),
      down: (data: Body) => down.push(String(data)),
    }
    return connectInMemory(accept, traffic)(listener)
  }
  const client = createLiveClient({ reconnect: { firstDelayMs: 40, maxDelayMs: 40 }, connect })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const page: Page = {
    container,
    server,
    connections,
    connect,
    offline: false,
    render: (children) => root.render(createElement(LiveProvider, { client, children })),
    text: () => container.textContent ?? '',
    async close() {
      root.unmount()
      await sleep(10)
      client.close()
      container.remove()
      await server.close()
    },
  }
  return page
}
