import { WebSocket } from 'ws'
import { Acknowledgements } from '../../../src/client/acknowledgements.ts'
import { encode } from '../../../src/protocol/codec.ts'
import { protocolVersion, subprotocol } from '../../../src/protocol/messages.ts'
import { defaultLimits } from '../../../src/server/limits.ts'
import { firstFunction } from '../live-viewer.ts'
import type { ClickRecording } from './recording.ts'

/**
 * - `liveroot`: the counter.
 * - `echo`: a bare `ws` server, with one message up and one down for a click, of as many bytes as Liveroot's together.
 * - `echoTwo`: the same with Liveroot's own messages down: two.
 */
export type ClickSystem = 'liveroot' | 'echo' | 'echoTwo'

/** When a click was answered, in milliseconds after it. */
export interface Answered {
  /** The first message: Liveroot's frame with the new count. */
  readonly updateMs: number
  /** The last one: Liveroot's result. */
  readonly resultMs: number
}

/** One connection that clicks. */
export interface Clicker {
  click(): Promise<Answered>
  close(): void
}

export async function openClicker(
  system: ClickSystem,
  port: number,
  recording: ClickRecording,
): Promise<Clicker> {
  if (system === 'liveroot') return LiveClicker.open(port, recording)
  const up = Math.round(recording.call + recording.acknowledgements)
  const frame = Math.round(recording.frame)
  const result = Math.round(recording.result)
  return EchoClicker.open(port, up, system === 'echo' ? [frame + result] : [frame, result])
}

async function open(url: string, protocols: string[]): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false })
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return socket
}

const frameLetter = 'f'.charCodeAt(0)
const resultLetter = 'r'.charCodeAt(0)

/**
 * Sends what the browser's client sends, and looks at no more of what comes than it must: its own time would be taken
 * for the server's.
 */
class LiveClicker implements Clicker {
  private shown = 0
  private readonly acknowledgements = new Acknowledgements(
    () => defaultLimits.maxUnackedFrames,
    (received, shown) => this.socket.send(encode({ type: 'acknowledge', root: 1, received, shown })),
  )
  private calls = 0
  private body = ''
  private slot = 0
  private startedAt = 0
  private updateMs = 0
  private answered: ((answer: Answered) => void) | undefined

  private constructor(private readonly socket: WebSocket) {}

  static async open(port: number, { clickArguments }: ClickRecording): Promise<Clicker> {
    const socket = await open(`ws://127.0.0.1:${port}/live`, [subprotocol])
    const clicker = new LiveClicker(socket)
    socket.send(encode({ type: 'hello', version: protocolVersion }))
    socket.send(encode({ type: 'mount', root: 1, body: '/bench' }))
    await new Promise<void>((resolve) => {
      socket.on('message', function first(data: Buffer) {
        if (data[0] !== frameLetter) return
        socket.off('message', first)
        clicker.mounted(String(data), clickArguments)
        resolve()
      })
    })
    return clicker
  }

  private mounted(frame: string, clickArguments: string): void {
    const target = firstFunction(frame.slice(frame.indexOf('\n') + 1))
    if (target === undefined) throw new Error('There is nothing to click on.')
    this.slot = target.slot
    this.body = `${target.path}\n${clickArguments}`
    this.acknowledge()
    this.socket.on('message', (data: Buffer) => this.receive(data))
  }

  click(): Promise<Answered> {
    return new Promise((resolve) => {
      this.answered = resolve
      const { slot, shown: seen, body } = this
      const message = encode({ type: 'call', call: ++this.calls, root: 1, seen, slot, body })
      this.updateMs = 0
      this.startedAt = performance.now()
      this.socket.send(message)
    })
  }

  private receive(data: Buffer): void {
    const passedMs = performance.now() - this.startedAt
    if (data[0] === frameLetter && data.includes(`${this.calls}`)) {
      this.updateMs = passedMs
    } else if (data[0] === resultLetter && this.updateMs > 0) {
      // In a browser, React takes until about now to bring the frame on screen.
      this.acknowledge()
      this.answered?.({ updateMs: this.updateMs, resultMs: passedMs })
    } else {
      throw new Error(`Click ${this.calls} was answered with ${data}`)
    }
  }

  private acknowledge(): void {
    this.shown++
    this.acknowledgements.update(this.shown, this.shown)
  }

  close(): void {
    this.acknowledgements.stop()
    this.socket.terminate()
  }
}

class EchoClicker implements Clicker {
  private startedAt = 0
  private updateMs = 0
  private received = 0
  private answered: ((answer: Answered) => void) | undefined

  private constructor(
    private readonly socket: WebSocket,
    private readonly call: string,
    private readonly down: number,
  ) {
    socket.on('message', () => this.receive())
  }

  static async open(port: number, up: number, down: number[]): Promise<Clicker> {
    const socket = await open(`ws://127.0.0.1:${port}/echo?${down}`, [])
    return new EchoClicker(socket, 'c'.repeat(up), down.length)
  }

  click(): Promise<Answered> {
    return new Promise((resolve) => {
      this.answered = resolve
      this.received = 0
      this.startedAt = performance.now()
      this.socket.send(this.call)
    })
  }

  private receive(): void {
    const passedMs = performance.now() - this.startedAt
    if (++this.received === 1) this.updateMs = passedMs
    if (this.received < this.down) return
    this.answered?.({ updateMs: this.updateMs, resultMs: passedMs })
  }

  close(): void {
    this.socket.terminate()
  }
}
