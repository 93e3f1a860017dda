import type { ClientSocketListener, Connect } from '../client/transport.ts'
import type { AcceptSocket, SocketListener } from '../server/transport.ts'
import type { LatencyOptions } from './delay-line.ts'
import { connectInMemory, type Traffic } from './in-memory.ts'

/** The way from a page to a server of the same process, which a test can cut. */
export interface TestLink {
  /** For `createLiveClient`. */
  readonly connect: Connect
  /** How many connections were opened so far. */
  readonly opened: number
  /** Breaks the open connection: what is on its way, either way, is lost. The client may open another at once. */
  cut(): void
  /** The same; and no other is opened before {@link goOnline}. */
  goOffline(): void
  /** Connections can be opened again. The client tries when its time has come; `retryNow` of its status makes it now. */
  goOnline(): void
}

/**
 * Connects a client to a server without a network, for tests of lost connections.
 *
 * @param accept the server's `accept`.
 * @param traffic hears of every message when it is sent, also of those that a cut loses.
 * @param latency how long messages are under way; without it, they arrive in the next turn.
 */
export function createTestLink(
  accept: AcceptSocket,
  traffic: Traffic = {},
  latency: LatencyOptions = {},
): TestLink {
  let offline = false
  let open: Cuttable | null = null
  const link = {
    opened: 0,
    connect: (client: ClientSocketListener) => {
      const own = new Cuttable(client)
      if (offline) {
        setImmediate(() => own.cut())
        return { send: () => {}, close: () => own.leave() }
      }
      link.opened++
      open = own
      const socket = connectInMemory((each) => own.accepted(accept(each)), traffic, latency)(own.client)
      return { ...socket, close: (code?: number) => own.leave(() => socket.close(code)) }
    },
    cut: () => open?.cut(),
    goOffline() {
      offline = true
      link.cut()
    },
    goOnline() {
      offline = false
    },
  }
  return link
}

const noClose = 1006

/** One connection. Nothing arrives at either end after it was cut. */
class Cuttable {
  private isCut = false
  private left = false
  private server: SocketListener | undefined
  readonly client: ClientSocketListener

  constructor(private readonly listener: ClientSocketListener) {
    this.client = {
      opened: () => this.unlessCut(() => listener.opened()),
      message: (data) => this.unlessCut(() => listener.message(data)),
      closed: (code) => this.unlessCut(() => listener.closed(code)),
    }
  }

  accepted(server: SocketListener): SocketListener {
    this.server = server
    if (this.isCut) server.closed(noClose)
    return {
      message: (data) => this.unlessCut(() => server.message(data)),
      drained: () => server.drained(),
      closed: (code) => this.unlessCut(() => server.closed(code)),
    }
  }

  private unlessCut(arrive: () => void): void {
    if (!this.isCut) arrive()
  }

  cut(): void {
    if (this.isCut) return
    this.isCut = true
    this.server?.closed(noClose)
    if (!this.left) this.listener.closed(noClose)
  }

  /** The client has closed it. */
  leave(close: () => void = () => {}): void {
    this.left = true
    close()
  }
}
