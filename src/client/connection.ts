import { finalCloseCodes } from '../protocol/close-codes.ts'
import { decodeDown, encode } from '../protocol/codec.ts'
import { type DownMessage, protocolVersion, type UpMessage } from '../protocol/messages.ts'
import type { ClientSocket, Connect } from './transport.ts'

/**
 * - `idle`: nothing is mounted, so nothing is connected.
 * - `connecting`: a socket is being opened.
 * - `open`: in touch with the server.
 * - `waiting`: the connection was lost; the next try is set.
 * - `closed`: for good, for the server and this client do not understand each other.
 */
export type LiveState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'

/** The connection as {@link useLiveStatus} shows it. */
export interface LiveStatus {
  readonly state: LiveState
  /** How many tries in a row have failed. */
  readonly attempts: number
  /** When the next try is, in milliseconds since 1970; null unless waiting. */
  readonly nextTryAt: number | null
}

/** How the client tries again. */
export interface ReconnectOptions {
  /** The first wait is at most this. */
  readonly firstDelayMs: number
  /** No wait is longer than this. */
  readonly maxDelayMs: number
}

export const defaultReconnectOptions: ReconnectOptions = { firstDelayMs: 500, maxDelayMs: 30_000 }

/** What the session hears of its connection. */
export interface ConnectionListener {
  opened(): void
  message(message: DownMessage): void
  lost(): void
}

/** Keeps one socket open while it is wanted. */
export class Connection {
  status: LiveStatus = { state: 'idle', attempts: 0, nextTryAt: null }
  /** What the server said of itself: how many frames of a root it sends before it waits for an acknowledgement. */
  window = 1
  private readonly watchers = new Set<() => void>()
  private socket: ClientSocket | null = null
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private pulse: ReturnType<typeof setInterval> | undefined
  private heardAt = 0

  constructor(
    private readonly connect: Connect,
    private readonly listener: ConnectionListener,
    private readonly options: ReconnectOptions,
  ) {}

  /** Opens the connection unless it is open or being opened. */
  open(): void {
    if (this.status.state !== 'idle') return
    this.watchNetwork(true)
    this.try(0)
  }

  /** Closes the connection; {@link open} opens it again. */
  close(): void {
    clearTimeout(this.retryTimer)
    this.watchNetwork(false)
    this.drop()
    this.set({ state: 'idle', attempts: 0, nextTryAt: null })
  }

  send(message: UpMessage): void {
    this.socket?.send(encode(message))
  }

  /** Bytes that were sent and that the network has not taken yet. */
  get bufferedBytes(): number {
    return this.socket?.bufferedBytes ?? 0
  }

  /** Calls back whenever {@link status} is another. Returns the function that stops it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  private try(attempts: number): void {
    clearTimeout(this.retryTimer)
    this.set({ state: 'connecting', attempts, nextTryAt: null })
    const socket = this.connect({
      opened: () => {
        if (this.socket === socket) this.send({ type: 'hello', version: protocolVersion })
      },
      message: (data) => {
        if (this.socket === socket) this.receive(decodeDown(data))
      },
      closed: (code) => {
        if (this.socket === socket) this.lost(code)
      },
    })
    this.socket = socket
  }

  private receive(message: DownMessage | null): void {
    this.heardAt = Date.now()
    // Whatever this is, it is not a Liveroot server; nor is it worth asking again.
    if (message === null) return this.lost(protocolError)
    if (message.type === 'pong') return
    if (message.type !== 'welcome') return this.listener.message(message)
    this.set({ state: 'open', attempts: 0, nextTryAt: null })
    this.window = message.window
    this.startPulse(message.heartbeatMs)
    this.listener.opened()
  }

  private startPulse(heartbeatMs: number): void {
    this.pulse = setInterval(() => {
      if (Date.now() - this.heardAt > 2 * heartbeatMs) this.lost(silence)
      else this.send({ type: 'ping' })
    }, heartbeatMs)
  }

  private lost(code: number): void {
    const wasOpen = this.status.state === 'open'
    this.drop()
    if (finalCloseCodes.has(code)) {
      this.watchNetwork(false)
      this.set({ state: 'closed', attempts: 0, nextTryAt: null })
    } else {
      this.wait(wasOpen ? 1 : this.status.attempts + 1)
    }
    if (wasOpen) this.listener.lost()
  }

  private wait(attempts: number): void {
    const { firstDelayMs, maxDelayMs } = this.options
    const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 20))
    // Spread over the whole upper half: a thousand browsers that lost one server do not come back as one.
    const delay = longest * (0.5 + Math.random() / 2)
    this.set({ state: 'waiting', attempts, nextTryAt: Date.now() + delay })
    this.retryTimer = setTimeout(() => this.try(attempts), delay)
  }

  private drop(): void {
    clearInterval(this.pulse)
    const { socket } = this
    this.socket = null
    socket?.close()
  }

  private readonly online = (): void => {
    if (this.status.state === 'waiting') this.try(this.status.attempts)
  }

  private watchNetwork(on: boolean): void {
    if (typeof window === 'undefined') return
    if (on) window.addEventListener('online', this.online)
    else window.removeEventListener('online', this.online)
  }

  private set(status: LiveStatus): void {
    this.status = status
    for (const watcher of this.watchers) watcher()
  }
}

const protocolError = 4406
const silence = 4420
