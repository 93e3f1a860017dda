import { setTimeout as sleep } from 'node:timers/promises'
import { createLiveClient, LiveProvider } from 'liveroot/client'
import { createLiveServer, type LiveServer, type LiveServerOptions } from 'liveroot/server'
import { clientModules, connectInMemory } from 'liveroot/testing'
import { createElement, type ReactNode } from 'react'
import { loadReactDom } from '../../src/testing/react-halves.ts'

/** A page with React components of its own around its live roots, and a hand on its connection. */
export interface Page {
  readonly container: HTMLElement
  readonly server: LiveServer
  /** What was sent, per connection that was opened. */
  readonly connections: { readonly up: string[]; drop(): void }[]
  render(node: ReactNode): void
  text(): string
  close(): Promise<void>
}

export async function openPage(options: LiveServerOptions): Promise<Page> {
  const { createRoot } = await loadReactDom()
  const server = createLiveServer({ clientModules, ...options })
  const connections: { up: string[]; drop(): void }[] = []
  const client = createLiveClient({
    reconnect: { firstDelayMs: 40, maxDelayMs: 40 },
    connect: (listener) => {
      const up: string[] = []
      const connection = { up, drop: () => {} }
      connections.push(connection)
      const accept: LiveServer['accept'] = (socket) => {
        connection.drop = () => socket.terminate()
        return server.accept(socket)
      }
      return connectInMemory(accept, { up: (data) => up.push(String(data)) })(listener)
    },
  })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  return {
    container,
    server,
    connections,
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
}
