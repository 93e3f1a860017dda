import { Component, type ReactElement, type ReactNode, Suspense } from 'react'
import type { Root as DomRoot } from 'react-dom/client'
import { createLiveClient, type LiveClientOptions, sessionOf } from '../client/live-client.ts'
import { LiveProvider } from '../client/live-provider.tsx'
import { LiveRoot } from '../client/live-root.tsx'
import type { Body } from '../protocol/messages.ts'
import { createLiveServer, type LiveServer } from '../server/live-server.ts'
import type { LiveServerOptions } from '../server/live-server-options.ts'
import { route } from '../server/routes.ts'
import { clientModules } from './client-components.ts'
import { loadReactDom } from './react-halves.ts'
import { createTestLink, type TestLink } from './test-link.ts'

/** What {@link renderLive} takes beside the element. */
export interface RenderLiveOptions extends Partial<Omit<LiveServerOptions, 'routes' | 'clientModules'>> {
  /** Shown until the first output is there. `'loading'` by default. */
  readonly fallback?: ReactNode
  /** How long {@link LiveScreen.settled} waits for quiet before it gives up. 20,000. */
  readonly settleTimeoutMs?: number
  /** Options of the client. */
  readonly client?: Omit<LiveClientOptions, 'url' | 'connect'>
}

/** A live component on a page, with its server in the same process. */
export interface LiveScreen {
  /** The element that the page is rendered into. */
  readonly container: HTMLElement
  readonly server: LiveServer
  /** The connection between the two, which a test can cut. */
  readonly link: TestLink
  /** Every message that passed, in order; `up` is from the browser. */
  readonly traffic: readonly { readonly up: boolean; readonly data: Body }[]
  /** Waits until what has come is on screen, and no message has passed for some turns of the event loop. */
  settled(): Promise<void>
  /** Takes the `LiveRoot` off the page; the server's tree is unmounted. */
  unmount(): Promise<void>
}

const quietTurns = 12

/**
 * Renders an element as a live component: a real server, a real client and a real protocol between, without a network.
 * Needs a DOM (a test environment such as jsdom).
 *
 * @param element what the live root shows; it runs on the server half.
 * @returns the page, once its first output is there or its fallback stays.
 */
export async function renderLive(
  element: ReactElement,
  options: RenderLiveOptions = {},
): Promise<LiveScreen> {
  const { fallback = 'loading', settleTimeoutMs = 20_000, client: clientOptions, ...serverOptions } = options
  const { createRoot } = await loadReactDom()
  const traffic: { up: boolean; data: Body }[] = []
  const server = createLiveServer({ ...serverOptions, routes: [route('/', () => element)], clientModules })
  const link = createTestLink(server.accept, {
    up: (data) => traffic.push({ up: true, data }),
    down: (data) => traffic.push({ up: false, data }),
  })
  const client = createLiveClient({ connect: link.connect, ...clientOptions })
  const container = document.body.appendChild(document.createElement('div'))
  const dom = createRoot(container)
  dom.render(
    <LiveProvider client={client}>
      <ErrorText>
        <Suspense fallback={fallback}>
          <LiveRoot route="/" />
        </Suspense>
      </ErrorText>
    </LiveProvider>,
  )
  const session = sessionOf(client)
  const settled = () =>
    quiet(
      () => traffic.length,
      () => session.idle,
      settleTimeoutMs,
    )
  await settled()
  return { container, server, link, traffic, settled, unmount: () => leave(dom, container, client, server) }
}

async function leave(
  dom: DomRoot,
  container: HTMLElement,
  client: { close(): void },
  server: LiveServer,
): Promise<void> {
  dom.unmount()
  await turns(quietTurns)
  client.close()
  container.remove()
  await server.close()
}

async function quiet(activity: () => number, idle: () => boolean, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs
  // A machine that stood still for a while has not waited.
  const fewest = 100
  for (let before = -1, round = 0; before !== activity() || !idle(); round++) {
    if (round > fewest && Date.now() > end) return
    before = activity()
    await turns(quietTurns)
  }
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** Shows an error that reached the boundary around `LiveRoot` as `error: <code>`. */
class ErrorText extends Component<{ children: ReactNode }, { code: string | null }> {
  override state = { code: null }

  static getDerivedStateFromError(error: unknown): { code: string } {
    const { code, message } = error as { code?: string; message?: string }
    return { code: code ?? message ?? String(error) }
  }

  override render(): ReactNode {
    return this.state.code === null ? this.props.children : `error: ${this.state.code}`
  }
}
