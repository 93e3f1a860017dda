import type { Connect } from '../client/transport.ts'
import type { Body } from '../protocol/messages.ts'
import type { AcceptSocket, SocketListener } from '../server/transport.ts'
import { onServerHalf } from './react-halves.ts'

/** What passes over an in-memory connection, for tests that look at it. */
export interface Traffic {
  up?(data: Body): void
  down?(data: Body): void
}

/**
 * Connects a client to a server of the same process without a network. Messages arrive in order, each in a turn of its
 * own.
 *
 * @param accept the server's `accept`.
 * @param traffic hears of every message.
 * @returns the `connect` for `createLiveClient`.
 */
export function connectInMemory(accept: AcceptSocket, traffic: Traffic = {}): Connect {
  return (client) => {
    let open = true
    // What was sent before the end still arrives.
    let ended = false
    let server: SocketListener | undefined
    const close = (code: number) => {
      if (!open) return
      open = false
      setImmediate(() => {
        ended = true
        server?.closed()
        client.closed(code)
      })
    }
    setImmediate(() => {
      if (!open) return
      server = accept({
        bufferedBytes: 0,
        send(data) {
          if (!open) return
          traffic.down?.(data)
          setImmediate(() => ended || client.message(data))
        },
        close,
        terminate: () => close(1006),
      })
      client.opened()
    })
    return {
      send(data) {
        if (!open) return
        traffic.up?.(data)
        onServerHalf(() => setImmediate(() => ended || server?.message(data)))
      },
      close: () => close(1000),
    }
  }
}
