import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { closeCodes } from '../protocol/close-codes.ts'
import { type Body, subprotocol } from '../protocol/messages.ts'
import type { AcceptSocket, Handshake, PreparedMessage, Socket } from '../server/transport.ts'

/** What the WebSocket transport needs to know. */
export interface WebSocketOptions {
  /** Larger messages close the connection with 1009 before they are read. */
  readonly maxMessageBytes: number
  /** Whether a connection may begin with this request; it is answered with 403 otherwise. */
  readonly allow: (handshake: Handshake) => boolean
}

/** Takes WebSocket upgrades and hands every accepted connection to the core. */
export interface WebSocketTransport {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes no more connections. Resolves when those that are open have ended. */
  close(): Promise<void>
  /** Ends those that are still open, without a word. */
  terminate(): void
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
      const handshake = handshakeOf(request)
      if (!options.allow(handshake)) return refuseUpgrade(socket, '403 Forbidden')
      server.handleUpgrade(request, socket, head, (webSocket) => {
        listen(webSocket, socket, (adapter) => accept(adapter, handshake))
      })
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
    terminate: () => {
      for (const webSocket of server.clients) webSocket.terminate()
    },
  }
}

function handshakeOf({ url = '/', headers, socket }: IncomingMessage): Handshake {
  return { url, headers, origin: headers.origin, remoteAddress: socket.remoteAddress }
}

/** Answers an upgrade with an HTTP error. The socket is ours alone by now: it must be heard out and destroyed. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

function listen(webSocket: WebSocket, stream: Duplex, accept: AcceptSocket): void {
  const listener = accept(new WebSocketAdapter(webSocket, stream, () => listener.drained()))
  webSocket.on('message', (data, isBinary) => listener.message(bodyOf(data, isBinary)))
  let tooLarge = false
  webSocket.on('close', (code) => listener.closed(tooLarge ? closeCodes.frame_too_large : code))
  // A broken frame or a reset: `close` follows, and the other connections never hear of it.
  webSocket.on('error', ({ code }: NodeJS.ErrnoException) => {
    tooLarge = code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
  })
}

/**
 * The connection whose messages wait to leave in one write. A write costs more than all else that is done for a small
 * message, and a frame is often followed by the result of the call behind it. It is one connection at a time, so that
 * nothing waits for what is done for others.
 */
let corked: WebSocketAdapter | null = null
let willFlush = false

function cork(adapter: WebSocketAdapter): void {
  if (!willFlush) process.nextTick(flushCorked)
  willFlush = true
  corked?.flush()
  corked = adapter
}

function flushCorked(): void {
  willFlush = false
  corked?.flush()
}

/** Those that wait for what is put off to the end of the turn. */
let held: WebSocketAdapter[] = []

function flushHeld(): void {
  const all = held
  held = []
  for (const adapter of all) adapter.flush()
}

/** More than this is not copied to be one write with others. */
const mostJoinedBytes = 16_384

class WebSocketAdapter implements Socket {
  private watching = false
  private isHeld = false
  /** What waits while it is corked; null where nothing does. */
  private waiting: Buffer[] | null = null
  private waitingBytes = 0

  constructor(
    private readonly webSocket: WebSocket,
    private readonly stream: Duplex,
    private readonly drained: () => void,
  ) {}

  get bufferedBytes(): number {
    return this.stream.writableLength + this.waitingBytes
  }

  send(data: Body): void {
    if (this.isOpen) this.add(frameOf(data))
  }

  /**
   * What goes to many is made a WebSocket frame once: a server's frames are not masked, so they are alike for all. It
   * leaves at once, for this connection is rarely the one that gets more in this turn.
   */
  sendPrepared(message: PreparedMessage): void {
    if (!this.isOpen) return
    message.wire ??= makeFrame(message.data)
    if (corked === this || this.isHeld) this.add(message.wire as Buffer)
    else this.write(message.wire as Buffer)
  }

  hold(): void {
    if (corked !== this) return
    corked = null
    this.isHeld = true
    if (held.length === 0) setImmediate(flushHeld)
    held.push(this)
  }

  private get isOpen(): boolean {
    const { webSocket } = this
    return webSocket.readyState === webSocket.OPEN
  }

  private add(frame: Buffer): void {
    if (corked !== this && !this.isHeld) cork(this)
    if (this.waitingBytes + frame.length > mostJoinedBytes) this.writeWaiting()
    if (frame.length > mostJoinedBytes) return this.write(frame)
    if (this.waiting === null) this.waiting = [frame]
    else this.waiting.push(frame)
    this.waitingBytes += frame.length
  }

  /** Writes what was sent in this turn. */
  flush(): void {
    if (corked === this) corked = null
    this.isHeld = false
    this.writeWaiting()
  }

  private writeWaiting(): void {
    const { waiting, waitingBytes } = this
    if (waiting === null) return
    this.waiting = null
    this.waitingBytes = 0
    // After the word that a connection closes, which `ws` gives by itself where the browser closes it, nothing may follow.
    if (!this.isOpen) return
    this.write(waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting, waitingBytes))
  }

  /** Hearing of every write would cost more than most writes; only those that the network did not take matter. */
  private write(bytes: Buffer): void {
    const { stream } = this
    stream.write(bytes)
    if (stream.writableLength > 0) this.watch()
  }

  private watch(): void {
    if (this.watching) return
    this.watching = true
    this.stream.once('drain', () => {
      this.watching = false
      if (this.stream.writableLength === 0) this.drained()
    })
  }

  close(code: number, reason: string): void {
    this.flush()
    this.webSocket.close(code, reason)
  }

  terminate(): void {
    this.flush()
    this.webSocket.terminate()
  }

  pause(): void {
    this.webSocket.pause()
  }

  resume(): void {
    this.webSocket.resume()
  }
}

let lastText: string | null = null
let lastFrame: Buffer

/** The trees of many browsers change alike: the same text often goes to one after the other. */
function frameOf(data: Body): Buffer {
  if (typeof data !== 'string') return makeFrame(data)
  if (data !== lastText) {
    lastFrame = makeFrame(data)
    // What is long is kept alive by nobody but its connection.
    lastText = data.length < 1024 ? data : null
  }
  return lastFrame
}

/** The frame of a whole message (RFC 6455, 5.2): in one piece, and to be kept, which `ws` has no way for. */
function makeFrame(data: Body): Buffer {
  const isText = typeof data === 'string'
  const length = isText ? Buffer.byteLength(data) : data.length
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = 0x80 | (isText ? 1 : 2)
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  if (isText) frame.write(data, start)
  else frame.set(data, start)
  return frame
}

function bodyOf(data: RawData, isBinary: boolean): Body {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : (data as Buffer)
  // A copy: small messages share the memory of what was read from the network, and would keep all of it.
  return isBinary ? new Uint8Array(bytes) : bytes.toString()
}
