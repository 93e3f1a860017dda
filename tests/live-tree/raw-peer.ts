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

export async function openRawPeer(server: LiveServer): Promise<RawPeer> {
  const down: string[] = []
  let looked = 0
  const connect = connectInMemory(server.accept, { down: (data) => down.push(textOf(data)) })
  const socket = connect({ opened() {}, message() {}, closed() {} })
  const peer: RawPeer = {
    down,
    async heard() {
      await sleep(15)
      const news = down.slice(looked)
      looked = down.length
      return news
    },
    say(...messages) {
      for (const message of messages) socket.send(message)
      return peer.heard()
    },
  }
  await sleep(5)
  await peer.say('h1')
  return peer
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString()
}
