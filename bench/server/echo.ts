/**
 * The floor under `clicks`: a bare `ws` server that knows nothing of Liveroot. A connection names the sizes of what it
 * wants in answer to each of its messages, as `/echo?23,8`. Ends when its parent lets go of it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerControl } from './control.ts'

const http = createServer()
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false })

http.on('upgrade', (request, socket, head) => {
  const [path, sizes = ''] = (request.url ?? '').split('?')
  server.handleUpgrade(request, socket, head, (webSocket) => {
    if (path === '/control') answerControl(webSocket, () => {})
    else echo(webSocket, sizes.split(',').map(Number))
  })
})

function echo(socket: WebSocket, sizes: readonly number[]): void {
  const answers = sizes.map((size) => Buffer.alloc(size, 'x'))
  socket.on('message', (data: Buffer) => {
    // As an acknowledgement does, a message that starts with this letter asks for nothing.
    if (data[0] === acknowledge) return
    for (const answer of answers) socket.send(answer, { binary: false })
  })
}

const acknowledge = 'a'.charCodeAt(0)

process.once('disconnect', () => process.exit(0))
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port))
