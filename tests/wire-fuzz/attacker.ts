import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Body } from '../../src/protocol/messages.ts'
import { subprotocol } from '../../src/protocol/messages.ts'
import type { Child } from '../processes/child.ts'
import { patiently } from '../processes/patience.ts'
import { type Item, tokenMark } from './cases.ts'
import { closedWith, type Finding, wrongAnswer } from './finding.ts'

/**
 * More bytes than any frame may have: they fill one that was cut, for whose rest the server rightly waits, and are no
 * frame themselves.
 */
const filler = Buffer.alloc(70_000)

/** How long the answer to what looks like a mount is waited for: it may be none. */
const mountMs = 100

/** One connection after the other, as one browser opens them. */
export class Attacker {
  /** Messages that were sent. */
  sent = 0
  /** That of the session which the server named last. */
  private token = ''

  constructor(
    private readonly server: Child,
    private readonly port: number,
  ) {}

  /** Sends a case. Returns what is wrong with how the server took it. */
  async play(items: readonly Item[]): Promise<Finding | null> {
    let rest = items
    while (rest.length > 0) {
      const end = rest.findIndex((item) => 'cut' in item)
      const now = end < 0 ? rest : rest.slice(0, end)
      rest = end < 0 ? [] : rest.slice(end + 1)
      const finding = await this.connection(now, end >= 0)
      if (finding !== null) return finding
    }
    return null
  }

  private async connection(items: readonly Item[], cut: boolean): Promise<Finding | null> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/live`, subprotocol, {
      perMessageDeflate: false,
    })
    let finding: Finding | null = null
    let answered = (): void => {}
    let heard = (): void => {}
    const answer = new Promise<void>((resolve) => {
      answered = resolve
    })
    socket.on('message', (data, isBinary) => {
      const body = isBinary ? new Uint8Array(data as Buffer) : String(data)
      finding ??= wrongAnswer(body)
      heard()
      this.token = tokenIn(body) ?? this.token
      if (body === 'q') answered()
    })
    socket.on('close', (code) => {
      finding ??= closedWith(code)
      answered()
      heard()
    })
    let why = ''
    const because = (error: unknown): void => {
      why ||= String(error)
    }
    socket.on('error', because)
    const opened = new Promise((resolve) => socket.once('open', resolve).once('close', resolve))
    await patiently([this.server], opened).catch(because)
    if (socket.readyState !== WebSocket.OPEN) {
      return { what: 'a connection that was not accepted', details: why }
    }
    for (const item of items) {
      this.send(socket, item)
      // What is called next is not there before the frame that shows it.
      if (mounts(item)) await atMost(mountMs, new Promise<void>((resolve) => (heard = resolve)))
    }
    if (cut) socket.terminate()
    else if (items.some((item) => 'raw' in item)) this.send(socket, { raw: filler })
    else socket.send('p')
    await patiently([this.server], answer).catch((error) => {
      finding ??= { what: 'no answer', details: String(error) }
    })
    socket.terminate()
    return finding
  }

  private withToken(message: Body): Body {
    return typeof message === 'string' ? message.replaceAll(tokenMark, this.token) : message
  }

  private send(socket: WebSocket, item: Item): void {
    if (socket.readyState !== WebSocket.OPEN) return
    this.sent++
    if ('message' in item) socket.send(this.withToken(item.message))
    else if ('raw' in item) (socket as unknown as { _socket: Socket })._socket.write(item.raw)
  }
}

function tokenIn(body: Body): string | undefined {
  return typeof body === 'string' ? /^w.*\n.*"token":"([^"]+)"/.exec(body)?.[1] : undefined
}

function mounts(item: Item): boolean {
  return 'message' in item && typeof item.message === 'string' && item.message.startsWith('m')
}

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([promise, over]).finally(() => clearTimeout(timer))
}
