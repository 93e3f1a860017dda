import '../support/dom.ts'
import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import { createElement, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { WebSocket } from 'ws'
import { sessionOf } from '../../src/client/live-client.ts'
import { testWindow } from '../support/dom.ts'
import { patienceMs } from '../support/until.ts'

/** A page in a DOM, connected by real sockets. */
export class LivePage {
  readonly container = document.body.appendChild(document.createElement('div'))
  private readonly client
  private readonly root = createRoot(this.container)

  constructor(port: () => number) {
    this.client = createLiveClient({
      maxOfflineCalls: 2_000,
      reconnect: { firstDelayMs: 30, maxDelayMs: 100 },
      connect: (listener) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port()}/live`, 'liveroot.2')
        socket.on('open', () => listener.opened())
        socket.on('message', (data, isBinary) => listener.message(isBinary ? (data as Buffer) : String(data)))
        socket.on('close', (code) => listener.closed(code))
        socket.on('error', () => {})
        return { send: (data) => socket.send(data), close: () => socket.close(1000) }
      },
    })
    const page = createElement(Suspense, { fallback: 'loading' }, createElement(LiveRoot, { route: '/' }))
    this.root.render(createElement(LiveProvider, { client: this.client } as never, page))
  }

  element<E extends HTMLElement>(id: string): E {
    const found = this.container.querySelector<E>(`#${id}`)
    if (found === null) throw new Error(`There is no #${id} in ${this.container.innerHTML}`)
    return found
  }

  text(id: string): string {
    return this.container.querySelector(`#${id}`)?.textContent ?? ''
  }

  type(key: string): void {
    const event = new testWindow.KeyboardEvent('keydown', { key, bubbles: true })
    this.element('typed').dispatchEvent(event as unknown as Event)
  }

  click(id: string): void {
    this.element(id).click()
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const end = Date.now() + patienceMs
    while (!condition()) {
      if (Date.now() > end) throw new Error(`Waited for ${what}: ${this.container.innerHTML}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  shows(id: string, text: string): Promise<void> {
    return this.until(`#${id} to show "${text}"`, () => this.text(id) === text)
  }

  /** All calls are. */
  answered(): Promise<void> {
    const session = sessionOf(this.client)
    return this.until('the answers', () => !session.calling)
  }

  async close(): Promise<void> {
    await this.answered()
    this.root.unmount()
    await new Promise((resolve) => setTimeout(resolve, 10))
    this.client.close()
    this.container.remove()
  }
}
