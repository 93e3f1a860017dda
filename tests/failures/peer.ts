import { WebSocket } from 'ws'
import { subprotocol } from '../../src/protocol/messages.ts'
import { patienceMs } from '../support/until.ts'

/** A browser of any conduct, on a real socket. */
export class Peer {
  readonly messages: string[] = []
  /** The close code and reason, once the server has closed. */
  closed: { code: number; reason: string } | null = null
  readonly socket: WebSocket
  private readonly waiting = new Set<() => void>()

  private constructor(
    address: string,
    headers: Record<string, string>,
    private readonly waitMs: number,
  ) {
    this.socket = new WebSocket(address, subprotocol, { headers })
    this.socket.on('message', (data) => {
      const message = data.toString()
      // A receipt may come at any time, and answers nothing.
      if (!message.startsWith('t')) this.messages.push(message)
      this.wake()
    })
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() }
      this.wake()
    })
    this.socket.on('error', () => {})
  }

  /** @param waitMs how long it waits for anything. */
  static async open(
    port: number,
    greet = true,
    headers: Record<string, string> = {},
    waitMs = patienceMs,
  ): Promise<Peer> {
    const peer = new Peer(`ws://127.0.0.1:${port}/live`, headers, waitMs)
    await new Promise((resolve, reject) => peer.socket.once('open', resolve).once('error', reject))
    if (greet) await peer.ask('h2', (message) => message.startsWith('w2,'))
    return peer
  }

  send(message: string | Uint8Array): void {
    this.socket.send(message)
  }

  /** Sends a message and waits for one that answers it, from those that come after. */
  ask(message: string, isAnswer: (message: string) => boolean): Promise<string> {
    const from = this.messages.length
    this.send(message)
    return this.next(isAnswer, from)
  }

  async next(wanted: (message: string) => boolean, from = 0): Promise<string> {
    await this.until(() => this.messages.slice(from).some(wanted))
    return this.messages.slice(from).find(wanted) as string
  }

  /** Mounts a route and acknowledges its first frame. */
  async mount(root: number, path: string): Promise<string> {
    const frame = await this.ask(`m${root}\n${path}`, (message) => message.startsWith(`f${root},1`))
    this.send(`a${root},1,1`)
    return frame
  }

  async closing(): Promise<{ code: number; reason: string; refusal: string | undefined }> {
    await this.until(() => this.closed !== null)
    const refusal = this.messages.find((message) => message.startsWith('z'))
    return { ...(this.closed as { code: number; reason: string }), refusal: codeOf(refusal) }
  }

  async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + this.waitMs
    while (!condition()) {
      if (Date.now() > end)
        throw new Error(`Waited in vain. Heard: ${this.messages.join(' | ').slice(0, 500)}`)
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          this.waiting.delete(done)
          resolve()
        }
        const timer = setTimeout(done, 100)
        this.waiting.add(done)
      })
    }
  }

  private wake(): void {
    for (const done of this.waiting) done()
  }

  end(): void {
    this.socket.terminate()
  }
}

/** The code in the body of an error message. */
export function codeOf(message: string | undefined): string | undefined {
  if (message === undefined) return undefined
  const { code } = JSON.parse(message.slice(message.indexOf('\n') + 1)) as { code: string }
  return code
}
