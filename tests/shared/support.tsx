import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import { createLiveServer, type LiveServer, type LiveServerOptions } from 'liveroot/server'
import { clientModules, connectInMemory, type LatencyOptions } from 'liveroot/testing'
import { Component, type ReactNode, StrictMode, Suspense } from 'react'
import { sessionOf } from '../../src/client/live-client.ts'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { until } from '../live-tree/support.ts'

export interface Browser {
  readonly container: HTMLElement
  /** Texts that came from the server. */
  readonly down: string[]
  readonly html: string
  readonly idle: boolean
  drop(): void
  /** The network has taken what was buffered. */
  drained(): void
  close(): Promise<void>
}

interface BrowserOptions {
  readonly route?: string
  readonly latency?: LatencyOptions
  readonly strict?: boolean
  /** Bytes that the browser has not taken, as the server sees it. */
  readonly bufferedBytes?: () => number
}

/** One more browser of a server. */
export async function openBrowser(
  server: LiveServer,
  { route = '/', latency = {}, strict = false, bufferedBytes = () => 0 }: BrowserOptions = {},
): Promise<Browser> {
  const { createRoot } = await loadReactDom()
  const down: string[] = []
  let drop = () => {}
  let drained = () => {}
  const accept: LiveServer['accept'] = (socket) => {
    drop = () => socket.terminate()
    const slow = Object.create(socket, { bufferedBytes: { get: bufferedBytes } })
    const listener = server.accept(slow)
    drained = () => listener.drained()
    return listener
  }
  const connect = connectInMemory(accept, { down: (data) => down.push(String(data)) }, latency)
  const client = createLiveClient({ connect, reconnect: { firstDelayMs: 20, maxDelayMs: 20 } })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const page = (
    <LiveProvider client={client}>
      <Catch>
        <Suspense fallback="loading">
          <LiveRoot route={route} />
        </Suspense>
      </Catch>
    </LiveProvider>
  )
  root.render(strict ? <StrictMode>{page}</StrictMode> : page)
  return {
    container,
    down,
    get html() {
      return container.innerHTML
    },
    get idle() {
      return sessionOf(client).idle
    },
    drop: () => drop(),
    drained: () => drained(),
    async close() {
      root.unmount()
      await new Promise((resolve) => setTimeout(resolve, 5))
      client.close()
      container.remove()
    },
  }
}

class Catch extends Component<{ children: ReactNode }, { code: string | null }> {
  override state = { code: null }

  static getDerivedStateFromError(error: unknown): { code: string } {
    return { code: (error as { code?: string }).code ?? String(error) }
  }

  override render(): ReactNode {
    return this.state.code === null ? this.props.children : `error: ${this.state.code}`
  }
}

const open: LiveServer[] = []

/** A server that is closed when the test has ended. */
export function serve(options: LiveServerOptions): LiveServer {
  const server = createLiveServer({ clientModules, ...options })
  open.push(server)
  return server
}

export async function closeServers(): Promise<void> {
  for (const server of open.splice(0)) await server.close()
}

export function eventually(condition: () => boolean): Promise<void> {
  return until(condition)
}

/** Waits until a browser shows this HTML. */
export async function shows(browser: Browser, html: string): Promise<void> {
  await eventually(() => browser.html === html).catch(() => expect(browser.html).toBe(html))
}

export async function press(browser: Browser, selector = 'button'): Promise<void> {
  const element = browser.container.querySelector<HTMLElement>(selector)
  if (element === null) throw new Error(`There is no ${selector} in ${browser.html}`)
  element.click()
}

/** The frames of shared roots among what came. */
export function sharedFrames({ down }: Browser): string[] {
  return down.filter((message) => /^f1\d{6},/.test(message))
}
