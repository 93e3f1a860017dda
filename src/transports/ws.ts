import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type Body, subprotocol } from '../protocol/messages.ts'
import type { AcceptSocket, Socket } from '../server/transport.ts'

/** What the WebSocket transport needs to know. */
export interface WebSocketOptions {
  /** Larger messages close the connection with 1009 before they are read. */
  readonly maxMessageBytes: number
  /** Whether a page of this origin may connect; `undefined` is a client that is not a browser. */
  readonly allowOrigin: (origin: string | undefined, host: string | undefined) => boolean
}

/** Takes WebSocket upgrades and hands every accepted connection to the core. */
export interface WebSocketTransport {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

export function webSocketTransport(options: WebSocketOptions, accept: AcceptSocket): WebSocketTransport {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    // Frames are small already, and a compressor for every connection costs hundreds of kilobytes.
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  })
  return {
    upgrade(request, socket, head) {
      if (!options.allowOrigin(request.headers.origin, request.headers.host)) {
        return refuseUpgrade(socket, '403 Forbidden')
      }
      server.handleUpgrade(request, socket, head, (webSocket) => listen(webSocket, accept))
    },
    close: () => server.close(),
  }
}

/** Answers an upgrade with an HTTP error. The socket is ours alone by now: it must be heard out and destroyed. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

function listen(webSocket: WebSocket, accept: AcceptSocket): void {
  const listener = accept(new WebSocketAdapter(webSocket, () => listener.drained()))
  webSocket.on('message', (data, isBinary) => listener.message(bodyOf(data, isBinary)))
  webSocket.on('close', () => listener.closed())
  // A broken frame or a reset: `close` follows, and the other connections never hear of it.
  webSocket.on('error', () => {})
}

class WebSocketAdapter implements Socket {
  private readonly written: () => void

  constructor(
    private readonly webSocket: WebSocket,
    drained: () => void,
  ) {
    this.written = () => {
      if (webSocket.bufferedAmount === 0) drained()
    }
  }

  get bufferedBytes(): number {
    return this.webSocket.bufferedAmount
  }

  send(data: Body): void {
    const { webSocket } = this
    if (webSocket.readyState !== webSocket.OPEN) return
    // Hearing of every write would cost more than most writes; only those that the network did not take matter.
    if (webSocket.bufferedAmount === 0) webSocket.send(data)
    else webSocket.send(data, this.written)
    if (webSocket.bufferedAmount > 0) this.watch()
  }

  private watching = false

  private watch(): void {
    if (this.watching) return
    this.watching = true
    const { webSocket } = this
    const { _socket: stream } = webSocket as unknown as { _socket: Duplex | null }
    stream?.once('drain', () => {
      this.watching = false
      this.written()
    })
  }

  close(code: number, reason: string): void {
    this.webSocket.close(code, reason)
  }

  terminate(): void {
    this.webSocket.terminate()
  }
}

function bodyOf(data: RawData, isBinary: boolean): Body {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)
  return isBinary ? new Uint8Array(bytes) : bytes.toString()
}
