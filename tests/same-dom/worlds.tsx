import { createElement, type ReactNode, Suspense, useEffect, useState } from 'react'
import type { Root } from 'react-dom/client'
import { createLiveClient, sessionOf } from '../../src/client/live-client.ts'
import { LiveProvider } from '../../src/client/live-provider.tsx'
import { LiveRoot } from '../../src/client/live-root.tsx'
import type { Body } from '../../src/protocol/messages.ts'
import { createLiveServer, type LiveServer } from '../../src/server/live-server.ts'
import { route } from '../../src/server/routes.ts'
import type { LatencyOptions } from '../../src/testing/delay-line.ts'
import { connectInMemory } from '../../src/testing/in-memory.ts'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { Answers } from './answers.ts'
import { build } from './build.tsx'
import { browserModules, settle } from './environment.ts'
import { Planned, Side } from './side.ts'
import { type Program, type Spec, waitsIn } from './spec.ts'
import { realWidgets, widgetModule, widgetReferences } from './widgets.tsx'
import { Catch } from './wraps.tsx'

browserModules.set('widgets', realWidgets)

const clientModules = {
  [widgetModule]: { id: 'widgets', chunks: [], name: '*' },
}

/** Set by name, it takes everything away: what is left then has leaked. */
export const blankName = 'blank'

interface AppProps {
  readonly root: Spec
  readonly side: Side
}

/** The root component of both worlds. */
function App({ root, side }: AppProps): ReactNode {
  const [blank, setBlank] = useState(0)
  useEffect(() => side.register(blankName, setBlank), [side])
  if (blank === 1) return null
  return (
    <Catch side={side} name="top">
      <Content root={root} side={side} />
    </Catch>
  )
}

function Content({ root, side }: AppProps): ReactNode {
  return build(root, { side, value: 0 })
}

const outerFallback = <h5>loading</h5>

/** One of the two ways to run a program: a container in the page and what fills it. */
export interface World {
  readonly side: Side
  readonly container: HTMLElement
  unmount(): Promise<void>
}

function makeContainer(): HTMLElement {
  const container = document.createElement('div')
  document.body.append(container)
  return container
}

/** Errors that no program plans. */
export const unplanned: unknown[] = []

const onError = (error: unknown): void => {
  if (!isPlanned(error)) unplanned.push(error)
}

function isPlanned(error: unknown): boolean {
  return error instanceof Planned
}

type ReactDom = typeof import('react-dom/client')

/** React in the browser, apart from React on the server, which is in the same process here. */
export const loadBrowser = (): Promise<ReactDom> => loadReactDom()

const rootOptions = { onCaughtError: onError, onUncaughtError: onError, onRecoverableError: onError }

/** Plain React in the browser. */
export class ReactWorld implements World {
  readonly container = makeContainer()
  readonly side: Side
  private readonly root: Root

  constructor(program: Program, { createRoot }: ReactDom) {
    this.side = new Side(false, realWidgets, program.failing, waitsIn(program.root))
    this.root = createRoot(this.container, rootOptions)
    const app = <App root={program.root} side={this.side} />
    this.root.render(<Suspense fallback={outerFallback}>{app}</Suspense>)
  }

  /** True while React holds an update back, with the old content on screen, because a part of it suspends. */
  get held(): boolean {
    const { pendingLanes } = (this.root as unknown as { _internalRoot: { pendingLanes: number } })
      ._internalRoot
    return (pendingLanes & transitionLanes) !== 0
  }

  async unmount(): Promise<void> {
    this.root.unmount()
    await settle()
    this.container.remove()
  }
}

// React's own bits.
const transitionLanes = 0x3fff00

/** The live root's internals, for the check that nothing is left. */
interface Internals {
  readonly open: Set<{
    session: {
      roots: {
        all: readonly { tree: { slots: Map<number, unknown>; leaving: Map<number, unknown> | null } }[]
      }
    }
  }>
}

interface ClientInternals {
  readonly roots: Map<number, { store: { contents: Map<number, unknown> } }>
}

let runs = 0
const running = new Map<string, { program: Program; side: Side }>()

const routes = [
  route('/run/:run', ({ run }) => {
    const { program, side } = running.get(run) as { program: Program; side: Side }
    return createElement(App, { root: program.root, side })
  }),
]

/** The same through a live server, over a connection that can be stalled. */
export class LiveWorld implements World {
  readonly container = makeContainer()
  readonly side: Side
  private readonly root: Root
  private readonly server: LiveServer
  private readonly run = String(++runs)
  private stalled: (() => void)[] | null = null
  readonly answers = new Answers()
  private readonly client

  constructor(program: Program, { createRoot }: ReactDom, latency: LatencyOptions = {}) {
    this.side = new Side(true, widgetReferences, program.failing, waitsIn(program.root))
    running.set(this.run, { program, side: this.side })
    this.server = createLiveServer({
      routes,
      clientModules,
      onError,
      limits: { maxUnackedFrames: program.window },
    })
    this.client = createLiveClient({
      connect: this.stallable(connectInMemory(this.server.accept, this.answers, latency)),
    })
    this.root = createRoot(this.container, rootOptions)
    this.root.render(
      <LiveProvider client={this.client}>
        <Suspense fallback={outerFallback}>
          <LiveRoot route="/run/:run" params={{ run: this.run }} />
        </Suspense>
      </LiveProvider>,
    )
  }

  private stallable(connect: ReturnType<typeof connectInMemory>): ReturnType<typeof connectInMemory> {
    return (listener) =>
      connect({
        ...listener,
        message: (data: Body) => {
          const deliver = () => {
            this.answers.arrived(data)
            listener.message(data)
          }
          if (this.stalled === null) deliver()
          else this.stalled.push(deliver)
        },
      })
  }

  stall(): void {
    this.stalled ??= []
  }

  get isStalled(): boolean {
    return this.stalled !== null
  }

  /** Delivers what has come meanwhile: all at once, or each when the one before is on screen. */
  async resume(flood: boolean): Promise<void> {
    while (this.stalled !== null && this.stalled.length > 0) {
      this.stalled.shift()?.()
      if (!flood) await settle()
    }
    this.stalled = null
    await settle()
  }

  /** Delivers what has come meanwhile, all at once. */
  deliver(): void {
    const { stalled } = this
    this.stalled = null
    for (const each of stalled ?? []) each()
  }

  /** Slots on the server; those that the browser may still show are counted apart. And the browser's own. */
  get left(): { slots: number; leaving: number; shown: number } {
    const [connection] = (this.server as unknown as Internals).open
    const [root] = connection?.session.roots.all ?? []
    const [shown] = (sessionOf(this.client) as unknown as ClientInternals).roots.values()
    return {
      slots: root?.tree.slots.size ?? 0,
      leaving: root?.tree.leaving?.size ?? 0,
      shown: shown?.store.contents.size ?? 0,
    }
  }

  async unmount(): Promise<void> {
    this.root.unmount()
    await settle()
    const { left } = this
    if (left.slots > 0) throw new Error(`Unmounted, but the server still has ${left.slots} slots`)
    this.container.remove()
    running.delete(this.run)
    this.client.close()
    await settle()
    await this.server.close()
  }
}
