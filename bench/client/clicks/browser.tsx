/**
 * A real browser client, with a DOM by jsdom, that clicks on the counter: `browser.tsx <port>`. Tells its parent a
 * {@link ClickRecording}.
 */
import { JSDOM } from 'jsdom'
import { createElement, Suspense } from 'react'
import { WebSocket } from 'ws'
import '../../../src/testing/webpack-globals.ts'
import type { Connect } from '../../../src/client/transport.ts'
import { subprotocol } from '../../../src/protocol/messages.ts'
import type { ClickRecording } from './recording.ts'

/** Numbers on the wire grow; most of these clicks have three digits. */
const clicks = 400

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' })
const names = ['document', 'Element', 'HTMLElement', 'HTMLFormElement', 'Event', 'Node'] as const
Object.assign(globalThis, { window }, Object.fromEntries(names.map((name) => [name, window[name]])))

const sent: string[] = []
const received: string[] = []

const connect: Connect = (listener) => {
  const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/live`, subprotocol)
  socket.on('open', () => listener.opened())
  socket.on('message', (data) => {
    received.push(String(data))
    listener.message(String(data))
  })
  socket.on('close', (code) => listener.closed(code))
  return {
    send: (data) => {
      sent.push(String(data))
      socket.send(data)
    },
    close: () => socket.close(1000),
  }
}

async function until(condition: () => unknown): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

function count(messages: readonly string[], letter: string): number {
  return messages.filter((message) => message[0] === letter).length
}

/** Bytes a click of all messages of a kind. */
function bytes(messages: readonly string[], letter: string): number {
  const ofKind = messages.filter((message) => message[0] === letter)
  return ofKind.reduce((sum, message) => sum + Buffer.byteLength(message), 0) / clicks
}

async function record(): Promise<ClickRecording> {
  const { createRoot } = await import('react-dom/client')
  const { createLiveClient, LiveProvider, LiveRoot } = await import('../../../src/client/index.ts')
  const container = document.body.appendChild(document.createElement('div'))
  const client = createLiveClient({ connect })
  const page = createElement(
    Suspense,
    { fallback: '' },
    createElement(LiveRoot, { route: '/bench' } as never),
  )
  createRoot(container).render(createElement(LiveProvider, { client } as never, page))
  await until(() => container.querySelector('button') && count(sent, 'a') === 1)
  sent.length = received.length = 0
  for (let n = 1; n <= clicks; n++) {
    const at = { bubbles: true, cancelable: true, clientX: 412, clientY: 236 }
    container.querySelector('button')?.dispatchEvent(new window.MouseEvent('click', at))
    await until(() => container.textContent?.includes(` ${n} `) && count(received, 'r') === n)
  }
  return {
    clickArguments: sent.find((message) => message[0] === 'c')?.split('\n')[2] ?? '',
    call: bytes(sent, 'c'),
    acknowledgements: bytes(sent, 'a'),
    frame: bytes(received, 'f'),
    result: bytes(received, 'r'),
    messagesUp: sent.length / clicks,
    messagesDown: received.length / clicks,
  }
}

const recording = await record()
process.send?.(recording, () => process.exit(0))
