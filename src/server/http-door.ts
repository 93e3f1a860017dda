import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { refuseUpgrade, type WebSocketTransport } from '../transports/ws.ts'

/** What a live server does with the requests of an HTTP server. */
export interface HttpDoor {
  /** The path whose upgrades are connections. */
  readonly path: string
  readonly transport: WebSocketTransport
  /** False until the server has started: browsers come again. */
  isOpen(): boolean
  /** Answers a request that is for the live server; false means that it is not. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
}

/** Puts a live server before an HTTP server's own listeners. Returns the function that takes it away. */
export function attachDoor(door: HttpDoor, server: Server | HttpsServer): () => void {
  const others = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (door.answer(request, response)) return
    for (const listener of others) listener.call(server, request, response as never)
  }
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?', 1)[0] !== door.path) {
      if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, '404 Not Found')
    } else if (door.isOpen()) door.transport.upgrade(request, socket, head)
    else refuseUpgrade(socket, '503 Service Unavailable')
  }
  server.on('request', onRequest)
  server.on('upgrade', onUpgrade)
  return () => {
    server.off('request', onRequest).off('upgrade', onUpgrade)
    for (const listener of others) server.on('request', listener)
  }
}
