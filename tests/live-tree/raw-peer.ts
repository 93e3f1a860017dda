import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveServer } from 'liveroot/server'
import { connectInMemory } from 'liveroot/testing'

/** A connection that speaks the protocol by hand, and so decides itself what to acknowledge. */
export interface RawPeer {
  readonly down: string[]
  /** Sends messages and waits for what comes of them. */
  say(...messages: string[]): Promise<string[]>
  /** What came since the last look. */
  heard(): Promise<string[]>
}

const turnsOfAnAnswer = 15

export async function openRawPeer(server: LiveServer): Promise<RawPeer> {
  const down: string[] = []
  let looked = 0
  const connect = connectInMemory(server.accept, { down: (data) => down.push(textOf(data)) })
  const socket = connect({ opened() {}, message() {}, closed() {} })
  const peer: RawPeer = {
    down,
    async heard() {
      // Turns, not a time: on a busy machine one of them may take as long.
      for (let turn = 0; turn < turnsOfAnAnswer; turn++) await sleep(1)
      const news = down.slice(looked)
      looked = down.length
      return news
    },
    say(...messages) {
      for (const message of messages) socket.send(message)
      return peer.heard()
    },
  }
  await peer.heard()
  await peer.say('h2')
  return peer
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString()
}
