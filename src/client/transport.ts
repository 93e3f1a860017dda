import type { Body } from '../protocol/messages.ts'

/** An open or opening socket to the server. */
export interface ClientSocket {
  send(data: Body): void
  /** `code` is 1000, by which the page is done, or the reason why it leaves this connection. 1000 by default. */
  close(code?: number): void
  /** Bytes handed to `send` that the network has not taken yet; while there are many, uploads wait. 0 where not known. */
  readonly bufferedBytes?: number
}

/** What the client wants to hear about a socket. */
export interface ClientSocketListener {
  opened(): void
  message(data: Body): void
  /** Heard once, also when it never opened. `code` is the WebSocket close code; 1006 where there was none. */
  closed(code: number): void
}

/** Opens a socket. Made by a transport. */
export type Connect = (listener: ClientSocketListener) => ClientSocket
