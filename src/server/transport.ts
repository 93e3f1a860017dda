import type { Body } from '../protocol/messages.ts'
import { type Sent, sentOf } from '../protocol/outbox.ts'

/** What the core knows of a socket. A transport makes one for each connection it accepts. */
export interface Socket {
  send(data: Body): void
  /** Sends what goes to many connections alike. A transport that gains nothing by it leaves it out. */
  sendPrepared?(message: PreparedMessage): void
  /**
   * What was just sent leaves at the end of this turn of the event loop, with what is sent until then by `process.nextTick`.
   * A transport that gains nothing by it leaves it out.
   */
  hold?(): void
  /** `reason` is the name of an error code. */
  close(code: number, reason: string): void
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedBytes: number
  /** Ends the connection without a closing handshake, for a peer that no longer listens. */
  terminate(): void
  /** Reads nothing more until `resume`. A transport that cannot wait leaves both out. */
  pause?(): void
  resume?(): void
}

interface FrameName {
  readonly root: number
  readonly sequence: number
}

/** A message for many connections: what a transport has to make of it, it makes once, and keeps here. */
export class PreparedMessage {
  wire: unknown
  /** What each of their sessions keeps of it. */
  readonly sent: Sent<FrameName | null>

  /** @param frame where the message is a frame, which. */
  constructor(
    readonly data: Body,
    frame: FrameName | null = null,
  ) {
    this.sent = sentOf(data, frame)
  }
}

/** What the core wants to hear about a socket. */
export interface SocketListener {
  message(data: Body): void
  /** The network took what was buffered. */
  drained(): void
  /** Heard once, however the connection ended. `code` is the WebSocket close code; 1006 where there was none. */
  closed(code?: number): void
}

/** The request that a connection began with, as plain data. */
export interface Handshake {
  /** The path and query of the request. */
  readonly url: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The page that connects; undefined for what is not a browser. */
  readonly origin: string | undefined
  /** The address of the other end of the socket: that of the last proxy, where there are some. */
  readonly remoteAddress: string | undefined
}

/** The handshake of a connection that began without a request. */
export const noHandshake: Handshake = { url: '/', headers: {}, origin: undefined, remoteAddress: undefined }

/** Given to a transport: called for every connection it accepts. */
export type AcceptSocket = (socket: Socket, handshake?: Handshake) => SocketListener
