import './dom-form-data.ts'
import { Component, createElement, type ReactNode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createLiveClient, sessionOf } from '../../src/client/live-client.ts'
import { LiveProvider } from '../../src/client/live-provider.tsx'
import { LiveRoot } from '../../src/client/live-root.tsx'
import type { ReconnectOptions } from '../../src/client/reconnect.ts'
import type { ClientSession } from '../../src/client/session.ts'
import type { Connect } from '../../src/client/transport.ts'

/** A page with live roots, and the errors that came to a boundary on it. */
export interface Page {
  readonly container: HTMLElement
  readonly errors: unknown[]
  readonly session: ClientSession
  /** Shows live roots for these routes, each with a boundary of its own. */
  show(...routes: readonly string[]): void
  close(): void
}

/** A connection that was lost is tried again at once: there is no storm to fear here. None takes too long to open. */
const atOnce = { firstDelayMs: 1, maxDelayMs: 1, connectTimeoutMs: 1_000_000 }

export function openPage(connect: Connect, reconnect: Partial<ReconnectOptions> = atOnce): Page {
  const errors: unknown[] = []
  const client = createLiveClient({ connect, reconnect })
  const container = document.body.appendChild(document.createElement('div'))
  const caught = (error: unknown) => void errors.push(error)
  const dom = createRoot(container, { onCaughtError: caught, onUncaughtError: caught })
  return {
    container,
    errors,
    session: sessionOf(client),
    show(...routes) {
      const roots = routes.map((route) => (
        <Boundary key={route}>
          <Suspense fallback="loading">
            <LiveRoot route={route} />
          </Suspense>
        </Boundary>
      ))
      dom.render(<LiveProvider client={client}>{roots}</LiveProvider>)
    },
    close() {
      dom.unmount()
      client.close()
      container.remove()
    },
  }
}

class Boundary extends Component<{ children: ReactNode }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    return this.state.failed ? createElement('i', null, 'failed') : this.props.children
  }
}
