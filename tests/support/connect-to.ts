import { WebSocket } from 'ws'
import type { ClientSocket, ClientSocketListener } from '../../src/client/transport.ts'
import { subprotocol } from '../../src/protocol/messages.ts'

/** A socket that can also end as when a network does. */
export interface TestSocket extends ClientSocket {
  terminate(): void
}

/** The last messages and ends of connections that a page heard, for when something is wrong. */
export class Heard {
  readonly last: string[] = []

  note(what: string): void {
    this.last.push(what.slice(0, 120))
    if (this.last.length > 12) this.last.shift()
  }
}

/** Connects to a real server on loopback. */
export function connectTo(port: number, heard = new Heard()): (listener: ClientSocketListener) => TestSocket {
  return (listener) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, subprotocol, { perMessageDeflate: false })
    socket.binaryType = 'nodebuffer'
    socket.on('open', () => listener.opened())
    socket.on('message', (data, isBinary) => {
      heard.note(String(data))
      listener.message(isBinary ? new Uint8Array(data as Buffer) : String(data))
    })
    socket.on('close', (code) => {
      heard.note(`closed ${code}`)
      listener.closed(code)
    })
    socket.on('error', () => {})
    return {
      send: (data) => socket.send(data),
      close: (code) => socket.close(code),
      terminate: () => socket.terminate(),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }
}
