/**
 * The floor under `fanout`: a bare `ws` server that sends a text to everybody. What it sends has as many bytes as a
 * connection says in its address, as `/broadcast?23`. Ends when its parent lets go of it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerControl } from './control.ts'

const http = createServer()
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })
const viewers = new Set<WebSocket>()
let text = Buffer.alloc(0)

http.on('upgrade', (request, socket, head) => {
  const [path, size] = (request.url ?? '').split('?')
  server.handleUpgrade(request, socket, head, (webSocket) => {
    if (path === '/control') return answerControl(webSocket, broadcast)
    text = Buffer.alloc(Number(size), 'x')
    viewers.add(webSocket)
    webSocket.on('close', () => viewers.delete(webSocket))
  })
})

function broadcast(): void {
  for (const viewer of viewers) viewer.send(text, { binary: false })
}

process.once('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port))
