// The browsers of a cluster run: real client sessions, with DOMs by jsdom, in a process of their own.
import { ChaosProxy } from '../chaos/proxy.ts'
import { answerParent } from '../processes/answer-parent.ts'
import { figures, keepFailures } from '../processes/figures.ts'
import { isDocumented } from '../support/documented.ts'
import '../support/dom.ts'
import { Draw } from '../support/random.ts'
import { hall, presenceText } from './app.tsx'
import { ClusterClient, type Deeds, type RoomRecord, readRecord } from './client.ts'

keepFailures(isDocumented)

export interface OpenBrowsers {
  /** The ports of the servers: each connection goes to one at random. */
  readonly targets: readonly number[]
  readonly clients: number
  readonly clientsInRoom: number
  readonly seed: number
  readonly meanPauseMs: number
}

/** How all is when everybody has stopped. */
export interface Ended {
  readonly deeds: readonly Deeds[]
  readonly records: readonly RoomRecord[]
  readonly connections: number
}

let proxy: ChaosProxy
let rooms: ClusterClient[][] = []
let runs: Promise<void>[] = []

const everybody = () => rooms.flat()
const roomName = (at: number) => `r${at}`
const numbers = (clients: readonly ClusterClient[]) => clients.map(({ client }) => client)

answerParent({
  open: async ({ targets, clients, clientsInRoom, seed, meanPauseMs }: OpenBrowsers) => {
    proxy = new ChaosProxy({ targets, draw: new Draw(seed) })
    const port = await proxy.listen()
    rooms = Array.from({ length: Math.ceil(clients / clientsInRoom) }, () => [])
    for (let client = 0; client < clients; client++) {
      const at = client % rooms.length
      rooms[at]?.push(new ClusterClient({ port, seed, client, room: roomName(at), meanPauseMs }))
    }
  },
  run: () => {
    runs = everybody().map((client) => client.run())
  },
  done: () => everybody().reduce((sum, { done }) => sum + done, 0),
  absent,
  /** Everybody ends what they began. */
  finish: async () => {
    for (const client of everybody()) client.stop()
    await Promise.all(runs)
  },
  ended: async (): Promise<Ended> => {
    const reading = rooms.map((clients, at) => {
      return readRecord(proxy.port, roomName(at), clients[0]?.picture.chat as string)
    })
    return {
      deeds: everybody().map(({ deeds }) => deeds),
      records: await Promise.all(reading),
      connections: proxy.connections,
    }
  },
  leave: async () => {
    for (const client of everybody()) client.leave()
    // What they say last is to arrive.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await proxy.close()
  },
  figures,
})

/** What somebody shows of who is here that is not so: an example; null where everybody shows everybody. */
function absent(): string | null {
  const all = presenceText(numbers(everybody()))
  for (const [at, clients] of rooms.entries()) {
    const wanted = { [`here-${roomName(at)}`]: presenceText(numbers(clients)), [`here-${hall}`]: all }
    for (const client of clients) {
      for (const [name, text] of Object.entries(wanted)) {
        const shown = client.text(`.${name}`)
        if (shown !== text) return `client ${client.client} shows ${shown} in ${name}, not ${text}`
      }
    }
  }
  return null
}
