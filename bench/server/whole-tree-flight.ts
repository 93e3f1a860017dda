import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { renderToReadableStream } from '#flight-server'
import type { Scenario } from '../scenarios/scenario.ts'

/**
 * What server components do without Liveroot: for every browser and every update the whole tree is rendered again and
 * its payload sent. Returns what triggers the n-th update.
 */
export function serveWholeTrees(http: Server, { message, plain }: Scenario): (n: number) => void {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const states = new Map<WebSocket, unknown>()

  const show = (socket: WebSocket, state: unknown): void => {
    states.set(socket, state)
    void readAll(renderToReadableStream(plain.render(state), {})).then((payload) => socket.send(payload))
  }

  const listen = (socket: WebSocket): void => {
    states.set(socket, plain.initial)
    socket.on('message', (data) => {
      if (String(data) === 'm') show(socket, plain.initial)
      else show(socket, plain.reduce(states.get(socket), undefined))
    })
    socket.on('close', () => states.delete(socket))
  }

  http.on('upgrade', (request, socket, head) => {
    if (request.url === '/live') server.handleUpgrade(request, socket, head, listen)
  })
  return (n) => {
    if (message === undefined) throw new Error('This scenario is triggered by clicks.')
    const { data } = message(n)
    for (const [socket, state] of states) show(socket, plain.reduce(state, data))
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  for (let result = await reader.read(); !result.done; result = await reader.read()) chunks.push(result.value)
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
}
