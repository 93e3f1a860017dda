import type { Connect } from '../client/transport.ts'
import type { Body } from '../protocol/messages.ts'
import type { AcceptSocket, SocketListener } from '../server/transport.ts'
import { DelayLine, type LatencyOptions, oneWayMs } from './delay-line.ts'
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
 * @param traffic hears of every message when it is sent.
 * @param latency how long messages are under way; without it, they arrive in the next turn.
 * @returns the `connect` for `createLiveClient`.
 */
export function connectInMemory(
  accept: AcceptSocket,
  traffic: Traffic = {},
  latency: LatencyOptions = {},
): Connect {
  return (client) => {
    let open = true
    let server: SocketListener | undefined
    const up = oneWay(latency)
    const down = oneWay(latency)
    const close = (code: number) => {
      if (!open) return
      open = false
      up(() => server?.closed(code))
      // What was sent before the end still arrives.
      down(() => client.closed(code))
    }
    up(() => {
      if (!open) return
      server = accept({
        bufferedBytes: 0,
        send(data) {
          if (!open) return
          traffic.down?.(data)
          down(() => client.message(data))
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
        up(() => onServerHalf(() => server?.message(data)))
      },
      close: (code = 1000) => close(code),
    }
  }
}

/** Takes what happens when a message arrives, and calls it then. */
function oneWay(latency: LatencyOptions): (arrive: () => void) => void {
  const { latencyMs = 0, jitterMs = 0 } = latency
  if (latencyMs === 0 && jitterMs === 0) return setImmediate
  const line = new DelayLine()
  // Those that are due together still have a turn each.
  return (arrive) => line.push(oneWayMs(latency), () => setImmediate(arrive))
}
