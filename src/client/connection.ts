import { type ErrorCode, errorCodes } from '../errors.ts'
import { closeCodes, closeReason, finalCloseCodes } from '../protocol/close-codes.ts'
import { decodeDown, encode } from '../protocol/codec.ts'
import {
  type Body,
  type DownMessage,
  type ErrorBody,
  type HelloBody,
  type Message,
  protocolVersion,
  type UpMessage,
  type WelcomeBody,
} from '../protocol/messages.ts'
import { readError } from './errors.ts'
import { type ReconnectOptions, retryDelayMs } from './reconnect.ts'
import type { StatusStore } from './status-store.ts'
import type { ClientSocket, Connect } from './transport.ts'
import { WakeEvents } from './wake-events.ts'
import { readWelcome } from './welcome.ts'

/** What the session hears of its connection. */
export interface ConnectionListener {
  /** What to say to the server first. */
  hello(): HelloBody
  opened(welcome: WelcomeBody): void
  message(message: DownMessage, bytes: number): void
  /** The server was asked to answer. */
  pinged(): void
  /** For good, unless the user asks for another try. */
  closed(): void
}

/** A connection that ends sooner has not shown that the server is well. */
const provenMs = 5_000

/** Keeps one socket open while it is wanted. */
export class Connection {
  /** What the server said of itself: how many frames of a root it sends before it waits for an acknowledgement. */
  window = 1
  /** True from the server's welcome to the end of the socket. */
  isOpen = false
  private socket: ClientSocket | null = null
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private deadline: ReturnType<typeof setTimeout> | undefined
  private pulse: ReturnType<typeof setInterval> | undefined
  private heardAt = 0
  private openedAt = 0
  private attempts = 0
  private refusal: ErrorBody | null = null
  private readonly wakeEvents = new WakeEvents(() => this.wake())

  constructor(
    private readonly connect: Connect,
    private readonly listener: ConnectionListener,
    private readonly options: ReconnectOptions,
    private readonly status: StatusStore,
  ) {}

  /** Opens the connection unless it is open, being opened, or closed for good. */
  open(): void {
    if (this.status.current.state !== 'idle') return
    this.wakeEvents.listen()
    this.try()
  }

  /** Closes the connection, for the page is done; {@link open} opens it again. */
  close(): void {
    this.stop(closeCodes.normal)
    this.attempts = 0
    this.status.set({ state: 'idle', reason: null, attempts: 0, nextTryAt: null })
  }

  /** Tries at once, where the next try is set or there would be none. */
  retryNow(): void {
    const { state } = this.status.current
    if (state !== 'waiting' && state !== 'closed') return
    this.wakeEvents.listen()
    this.try()
  }

  /** Leaves the connection there is for another, which begins with the cookies that the page has now. */
  reconnect(): void {
    if (this.status.current.state === 'idle') return
    this.stop(leaving)
    this.attempts = 0
    this.wakeEvents.listen()
    this.try()
  }

  send(message: UpMessage): void {
    this.sendEncoded(encode(message))
  }

  sendEncoded(data: Body): void {
    this.socket?.send(data)
  }

  /** Bytes that were sent and that the network has not taken yet. */
  get bufferedBytes(): number {
    return this.socket?.bufferedBytes ?? 0
  }

  private try(): void {
    clearTimeout(this.retryTimer)
    this.refusal = null
    this.status.set({ state: 'connecting', nextTryAt: null })
    this.giveTime(this.options.connectTimeoutMs, 'handshake_timeout')
    const socket = this.connect({
      opened: () => {
        if (this.socket === socket) this.greet()
      },
      message: (data) => {
        if (this.socket === socket) this.receive(data)
      },
      closed: (code) => {
        if (this.socket === socket) this.lost(code)
      },
    })
    this.socket = socket
  }

  private greet(): void {
    this.send({ type: 'hello', version: protocolVersion, body: JSON.stringify(this.listener.hello()) })
  }

  private receive(data: Body): void {
    const message = decodeDown(data)
    this.heardAt = Date.now()
    if (this.isOpen) clearTimeout(this.deadline)
    if (message?.type === 'refusal') {
      this.refusal = readError(message.body)
    } else if (message === null || (message.type === 'welcome') === this.isOpen) {
      // Whatever this is, it is not a Liveroot server; nor is it worth asking again.
      this.lost(closeCodes.wrong_protocol)
    } else if (message.type === 'welcome') this.welcomed(message)
    else if (message.type !== 'pong') this.listener.message(message, data.length)
  }

  private welcomed({ window, heartbeatMs, body }: Message<'welcome'>): void {
    const welcome = readWelcome(body)
    if (welcome === null) return this.lost(closeCodes.wrong_protocol)
    clearTimeout(this.deadline)
    this.openedAt = Date.now()
    this.window = window
    this.startPulse(heartbeatMs)
    this.isOpen = true
    this.listener.opened(welcome)
    // Whoever hears of it may call something at once, which must not overtake what goes on.
    if (this.isOpen) this.status.set({ state: 'open', reason: null, attempts: 0, nextTryAt: null })
  }

  private startPulse(heartbeatMs: number): void {
    this.pulse = setInterval(
      () => {
        if (Date.now() - this.heardAt > 2 * heartbeatMs) this.lost(closeCodes.heartbeat_timeout)
        else this.ping()
      },
      Math.min(heartbeatMs, longestTimerMs),
    )
  }

  private ping(): void {
    this.listener.pinged()
    this.send({ type: 'ping' })
  }

  /** The page may have slept for long: a try that is set is made now, and a connection must show that it lives. */
  private wake(): void {
    const { state } = this.status.current
    if (state === 'waiting') return this.try()
    if (state !== 'open') return
    this.giveTime(this.options.probeTimeoutMs, 'heartbeat_timeout')
    this.ping()
  }

  private giveTime(ms: number, code: 'handshake_timeout' | 'heartbeat_timeout'): void {
    clearTimeout(this.deadline)
    this.deadline = setTimeout(() => this.lost(closeCodes[code]), ms)
  }

  private lost(code: number): void {
    const reason = this.reasonOf(code)
    const { retryAfterMs } = this.refusal ?? {}
    const proven = this.isOpen && Date.now() - this.openedAt >= provenMs
    this.attempts = proven ? 1 : this.attempts + 1
    this.stop(code)
    if (finalCloseCodes.has(code)) {
      this.attempts = 0
      this.status.set({ state: 'closed', reason, attempts: 0, nextTryAt: null })
      return this.listener.closed()
    }
    this.wakeEvents.listen()
    const delayMs = retryDelayMs(this.options, this.attempts, retryAfterMs)
    this.retryTimer = setTimeout(() => this.try(), delayMs)
    const nextTryAt = Date.now() + delayMs
    this.status.set({ state: 'waiting', reason, attempts: this.attempts, nextTryAt })
  }

  private reasonOf(code: number): ErrorCode {
    const said = this.refusal?.code
    if (said !== undefined && said in errorCodes) return said as ErrorCode
    const reason = closeReason(code)
    return reason === undefined || reason === 'normal' ? 'connection_lost' : reason
  }

  private stop(code: number): void {
    clearTimeout(this.retryTimer)
    clearTimeout(this.deadline)
    clearInterval(this.pulse)
    this.wakeEvents.stop()
    const { socket } = this
    this.socket = null
    this.isOpen = false
    socket?.close(code === closeCodes.normal || code >= 4000 ? code : leaving)
  }
}

/** A timer for longer than this would fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** Of the codes that a page may give, one that does not say that it is done. */
const leaving = 4000
