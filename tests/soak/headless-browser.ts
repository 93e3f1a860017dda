// The client listens to its window.
import '../support/dom.ts'
import { isValidElement, type ReactElement } from 'react'
import { defaultReconnectOptions } from '../../src/client/reconnect.ts'
import type { ClientRoot } from '../../src/client/root.ts'
import type { RootListener } from '../../src/client/screens.ts'
import { ClientSession } from '../../src/client/session.ts'
import { absent, slotMark } from '../../src/client/slot-store.ts'
import type { ClientSocketListener, Connect } from '../../src/client/transport.ts'
import { connectTo, type TestSocket } from '../support/connect-to.ts'

type Props = Readonly<Record<string, unknown>> & { readonly children?: unknown }

/** Longer than anything takes, on any machine. */
const patienceMs = 120_000

/** The real client session without a DOM: what the slots hold is the page. Thousands of them fit into a process. */
export class HeadlessBrowser {
  private readonly session: ClientSession
  private readonly root: ClientRoot
  private online = true
  private cut = (): void => {}
  private watchers: (() => void)[] = []
  private wentAt = 0
  /** How long the server has heard nothing of this browser, at most: a slow machine may make it longer than was wanted. */
  awayMs = 0

  constructor(port: number, path: string) {
    const reconnect = { ...defaultReconnectOptions, firstDelayMs: 100, maxDelayMs: 1_000 }
    this.session = new ClientSession({
      connect: this.throughNetwork(connectTo(port)),
      reconnect,
      maxOfflineCalls: 100,
      build: undefined,
      onNewBuild() {},
    })
    this.root = this.session.mount(path)
    this.root.retain()
    // What React would have on screen a moment later.
    const show: RootListener = (view, update) =>
      queueMicrotask(() => {
        if (update === 'restart') this.root.rendersSince(show, view)
        else this.root.committed(show, view, view)
        for (const watcher of this.watchers.splice(0)) watcher()
      })
    this.root.listen(show)
  }

  private throughNetwork(connect: (listener: ClientSocketListener) => TestSocket): Connect {
    return (listener) => {
      if (!this.online) {
        setImmediate(() => listener.closed(1006))
        return { send: () => {}, close: () => {} }
      }
      const socket = connect({
        ...listener,
        opened: () => {
          if (this.wentAt > 0) this.awayMs = Math.max(this.awayMs, Date.now() - this.wentAt)
          this.wentAt = 0
          listener.opened()
        },
      })
      this.cut = () => {
        listener.closed(1006)
        socket.terminate()
      }
      return socket
    }
  }

  /** The text that the page shows. */
  get text(): string {
    return textOf(this.root, 0)
  }

  /** Waits until the page shows what is wanted. */
  async shows(wanted: (text: string) => boolean): Promise<void> {
    const end = Date.now() + patienceMs
    while (!wanted(this.text)) {
      if (Date.now() > end) throw new Error(`Waited in vain for ${wanted}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.watchers.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** Calls a handler of the first element of a type. */
  async click(type: string): Promise<void> {
    const button = find(this.root, 0, (element) => element.type === type)
    if (button === undefined) throw new Error(`There is no ${type} on the page.`)
    await (button.props.onClick as () => Promise<unknown>)()
  }

  /** Nothing goes through any more; nobody says goodbye. */
  goOffline(): void {
    this.online = false
    this.wentAt = Date.now()
    this.cut()
  }

  goOnline(): void {
    this.online = true
  }

  leave(): void {
    this.session.close()
  }
}

/** What stands at a node of the page, with slots in place of their holes. */
function children(root: ClientRoot, node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node
  if (!isValidElement<Props>(node)) return []
  const { type, props } = node
  if (typeof type === 'function' && slotMark in type) return [contentOf(root, props.id as number)]
  return [props.children]
}

function contentOf(root: ClientRoot, slot: number): unknown {
  const content = root.view.store.read(slot)
  return content === absent ? null : content
}

function textOf(root: ClientRoot, slot: number): string {
  const read = (node: unknown): string => {
    if (typeof node === 'string' || typeof node === 'number') return String(node)
    return children(root, node).map(read).join('')
  }
  return read(contentOf(root, slot))
}

function find(
  root: ClientRoot,
  slot: number,
  wanted: (element: ReactElement<Props>) => boolean,
): ReactElement<Props> | undefined {
  const look = (node: unknown): ReactElement<Props> | undefined => {
    if (isValidElement<Props>(node) && wanted(node)) return node
    for (const child of children(root, node)) {
      const found = look(child)
      if (found !== undefined) return found
    }
    return undefined
  }
  return look(contentOf(root, slot))
}
