import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Uploads as ClientUploads } from '../../src/client/uploads.ts'
import { decodeDown, decodeUp, encode } from '../../src/protocol/codec.ts'
import type { DownMessage, UpMessage } from '../../src/protocol/messages.ts'
import { defaultLimits, type LiveLimits } from '../../src/server/limits.ts'
import { Uploads as ServerUploads } from '../../src/server/uploads.ts'

/** Both halves of uploads, joined by the codec. Every message arrives in a turn of its own, in order. */
export interface Pipe {
  readonly client: ClientUploads
  readonly server: ServerUploads
  readonly up: UpMessage[]
  readonly down: DownMessage[]
  /** The most pieces that were sent and not confirmed at a time. */
  readonly mostUnconfirmed: () => number
  /** Codes that the server counted. */
  readonly refused: string[]
  /** What the application heard of. */
  readonly logged: unknown[]
}

export function openPipe(limits: Partial<LiveLimits> = {}, bufferedBytes = () => 0): Pipe {
  const up: UpMessage[] = []
  const down: DownMessage[] = []
  const refused: string[] = []
  const logged: unknown[] = []
  let unconfirmed = 0
  let most = 0
  const server = new ServerUploads({
    limits: { ...defaultLimits, ...limits },
    onError: (error) => void logged.push(error),
    refused: (code) => void refused.push(code),
    send(message) {
      const wire = encode(message)
      setImmediate(() => {
        const received = decodeDown(wire) as DownMessage
        down.push(received)
        if (received.type === 'uploaded') unconfirmed--
        if (received.type === 'uploaded') client.uploaded(received)
        if (received.type === 'uploadError') client.refused(received)
      })
    },
  })
  const socket = {
    isOpen: true,
    get bufferedBytes() {
      return bufferedBytes()
    },
  }
  const client = new ClientUploads(socket, (message) => {
    if (message.type === 'upload') most = Math.max(most, ++unconfirmed)
    const wire = encode(message)
    setImmediate(() => {
      const received = decodeUp(wire) as UpMessage
      up.push(received)
      if (received.type === 'upload') server.receive(received)
      if (received.type === 'discard') server.discard(received)
    })
  })
  return { client, server, up, down, mostUnconfirmed: () => most, refused, logged }
}

/** The temporary files of this process. */
export function temporaryFiles(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`liveroot-${process.pid}-`))
}

export async function bytesOf(blob: Blob): Promise<Buffer> {
  return Buffer.from(await blob.arrayBuffer())
}
