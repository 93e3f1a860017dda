import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { refuseUpgrade, type WebSocketTransport } from '../transports/ws.ts'
import type { LivePart } from './lifecycle.ts'

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

/** How long what is left of requests and sockets may go on after the time to stop is over. */
const lastMs = 1_000

/** The HTTP servers that a live server stands in front of, and the one of its own. */
export class HttpFront implements LivePart {
  readonly name = 'http'
  private readonly detachers: (() => void)[] = []
  private own: Server | undefined

  constructor(
    private readonly door: HttpDoor,
    private readonly onRequest: RequestListener = notFound,
  ) {}

  /** Starts a server of its own. Resolves when it listens. */
  listen(port: number, host: string | undefined): Promise<AddressInfo> {
    const server = createServer(this.onRequest)
    this.own = server
    this.attach(server)
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => resolve(server.address() as AddressInfo))
    })
  }

  /** Comes before a server's own listeners. */
  attach(server: Server | HttpsServer): void {
    const { door } = this
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
    server.on('request', onRequest).on('upgrade', onUpgrade)
    this.detachers.push(() => {
      server.off('request', onRequest).off('upgrade', onUpgrade)
      for (const listener of others) server.on('request', listener)
    })
  }

  /** Takes no new connections, and lets go of the others when they are done. */
  async stop(giveUp: AbortSignal): Promise<void> {
    const { own, door } = this
    const closed = new Promise<void>((resolve) =>
      own === undefined ? resolve() : own.close(() => resolve()),
    )
    await afterAbort(giveUp, lastMs, Promise.all([closed, door.transport.close()]), () => {
      door.transport.terminate()
      own?.closeAllConnections()
    })
    for (const detach of this.detachers.splice(0)) detach()
  }
}

/** Waits for something; acts when it is not there so long after the signal. */
async function afterAbort(
  giveUp: AbortSignal,
  ms: number,
  done: Promise<unknown>,
  act: () => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const aborted = () => {
    timer = setTimeout(act, ms)
  }
  if (giveUp.aborted) aborted()
  else giveUp.addEventListener('abort', aborted)
  await done
  clearTimeout(timer)
  giveUp.removeEventListener('abort', aborted)
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
}
