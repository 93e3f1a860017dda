import { type Body, type MessageType, shapes } from '../protocol/messages.ts'
import { diagnostics, type LiveChannel, type MessagePassed } from './diagnostics.ts'
import type { Handshake, PreparedMessage, Socket, SocketListener } from './transport.ts'

let lastConnection = 0

const typeOfLetter = new Map<string, MessageType>()
for (const [type, { letter }] of Object.entries(shapes)) typeOfLetter.set(letter, type as MessageType)

/** A socket that tells of its opening, its closing and its messages where somebody wants to hear of them. */
export function meterSocket(
  socket: Socket,
  handshake: Handshake,
  accept: (socket: Socket, handshake: Handshake) => SocketListener,
): SocketListener {
  const metered = new MeteredSocket(socket, handshake)
  const listener = accept(metered, handshake)
  const { connection } = metered
  return {
    message(data) {
      if (diagnostics.messageReceived.hasSubscribers) tell(diagnostics.messageReceived, connection, data)
      listener.message(data)
    },
    drained: () => listener.drained(),
    closed(code) {
      metered.closed()
      listener.closed(code)
    },
  }
}

class MeteredSocket implements Socket {
  readonly connection = ++lastConnection
  private readonly openedAt = performance.now()
  private reason: string | null = null

  constructor(
    private readonly socket: Socket,
    private readonly handshake: Handshake,
  ) {
    const { connection } = this
    if (diagnostics.connectionOpened.hasSubscribers) {
      diagnostics.connectionOpened.publish({ connection, handshake })
    }
  }

  get bufferedBytes(): number {
    return this.socket.bufferedBytes
  }

  send(data: Body): void {
    if (diagnostics.messageSent.hasSubscribers) tell(diagnostics.messageSent, this.connection, data)
    this.socket.send(data)
  }

  sendPrepared(message: PreparedMessage): void {
    const { socket } = this
    if (diagnostics.messageSent.hasSubscribers) tell(diagnostics.messageSent, this.connection, message.data)
    if (socket.sendPrepared === undefined) socket.send(message.data)
    else socket.sendPrepared(message)
  }

  hold(): void {
    this.socket.hold?.()
  }

  close(code: number, reason: string): void {
    this.reason ??= reason
    this.socket.close(code, reason)
  }

  terminate(): void {
    this.socket.terminate()
  }

  pause(): void {
    this.socket.pause?.()
  }

  resume(): void {
    this.socket.resume?.()
  }

  closed(): void {
    if (!diagnostics.connectionClosed.hasSubscribers) return
    const { connection, handshake, reason } = this
    const durationMs = performance.now() - this.openedAt
    diagnostics.connectionClosed.publish({ connection, handshake, durationMs, code: reason })
  }
}

function tell(channel: LiveChannel<MessagePassed>, connection: number, data: Body): void {
  const letter = typeof data === 'string' ? data.slice(0, 1) : String.fromCharCode(data[0] ?? 0)
  const bytes = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
  channel.publish({ connection, type: typeOfLetter.get(letter) ?? 'unknown', bytes })
}
