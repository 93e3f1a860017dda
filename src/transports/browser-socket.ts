import type { Connect } from '../client/transport.ts'
import { subprotocol } from '../protocol/messages.ts'

/** Connects with the browser's own WebSocket. */
export function browserSocket(url: string): Connect {
  return (listener) => {
    const socket = new WebSocket(url, subprotocol)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => listener.opened())
    socket.addEventListener('message', ({ data }) => {
      listener.message(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
    })
    socket.addEventListener('close', ({ code }) => listener.closed(code))
    return {
      send: (data) => socket.send(data as string),
      close: (code = 1000) => socket.close(code),
      get bufferedBytes() {
        return socket.bufferedAmount
      },
    }
  }
}
