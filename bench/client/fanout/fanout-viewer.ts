import { WebSocket } from 'ws'
import { Acknowledgements } from '../../../src/client/acknowledgements.ts'
import { decodeDown, encode } from '../../../src/protocol/codec.ts'
import { protocolVersion, subprotocol } from '../../../src/protocol/messages.ts'
import type { Tally } from '../tally.ts'

/** A browser that looks at one page, and acknowledges frames as the real client does. */
export class FanoutViewer {
  private readonly acknowledgements = new Map<number, Acknowledgements>()
  private window = 0
  private framesOfMount = 0
  private counting = false
  private ready: () => void = () => {}

  constructor(
    private readonly socket: WebSocket,
    private readonly tally: Tally,
  ) {
    socket.on('message', (data: Buffer) => this.receive(data))
  }

  /** Mounts the page, whose content comes in so many frames; resolves when it is there. All others are updates. */
  mount(frames: number): Promise<void> {
    this.framesOfMount = frames
    this.socket.send(encode({ type: 'hello', version: protocolVersion }))
    return new Promise((resolve) => {
      this.ready = resolve
    })
  }

  private receive(data: Buffer): void {
    const message = decodeDown(data.toString())
    if (message?.type === 'welcome') {
      this.window = message.window
      this.socket.send(encode({ type: 'mount', root: 1, body: '/bench' }))
    }
    if (message?.type !== 'frame') return
    this.acknowledge(message.root, message.sequence)
    if (this.counting) return this.tally.update(data.length)
    if (--this.framesOfMount > 0) return
    this.counting = true
    this.ready()
  }

  private acknowledge(root: number, sequence: number): void {
    let acknowledgements = this.acknowledgements.get(root)
    if (acknowledgements === undefined) {
      acknowledgements = new Acknowledgements(
        () => this.window,
        (received, shown) => this.socket.send(encode({ type: 'acknowledge', root, received, shown })),
      )
      this.acknowledgements.set(root, acknowledgements)
    }
    acknowledgements.update(sequence, sequence)
  }
}

/** Opens a socket. */
export async function openSocket(address: string, live: boolean): Promise<WebSocket> {
  const socket = new WebSocket(address, live ? [subprotocol] : [], { perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}
