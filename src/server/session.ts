import type { ErrorCode } from '../errors.ts'
import type { LiveTree } from '../live/tree.ts'
import type { CloseReason } from '../protocol/close-codes.ts'
import { encode } from '../protocol/codec.ts'
import type { Body, DownMessage, HelloBody, Message, SessionOutcome } from '../protocol/messages.ts'
import { Outbox } from '../protocol/outbox.ts'
import { Receipts } from '../protocol/receipts.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import type { ArgumentHost } from './arguments.ts'
import type { Authenticator, KnownUser } from './authenticator.ts'
import { targetOfMark } from './call-target.ts'
import { Calls } from './calls.ts'
import { diagnostics, type FrameHeldBack } from './diagnostics.ts'
import { ItemStreams } from './item-streams.ts'
import type { LiveLimits } from './limits.ts'
import { Payloads } from './payloads.ts'
import type { Routes } from './routes.ts'
import type { Screen } from './screen.ts'
import { SessionInfo } from './session-info.ts'
import { SessionRoots } from './session-roots.ts'
import { afterEvent, type SessionEvent, type SessionState } from './session-states.ts'
import { SessionSecrets } from './session-token.ts'
import type { SharedHost, SharedRoots } from './shared-roots.ts'
import { SharedViews } from './shared-views.ts'
import type { Handshake, PreparedMessage, Socket } from './transport.ts'
import { Uploads } from './uploads.ts'
import type { ViewerHost } from './viewer.ts'

/** What every session uses of its server. */
export interface SessionHost extends SharedHost {
  readonly routes: Routes
  readonly limits: Readonly<LiveLimits>
  readonly authenticator: Authenticator
  readonly sharedRoots: SharedRoots
  /** Names the client's build; empty where there is none. */
  build(): string
  /** Counts what was refused to browsers. */
  refused(code: ErrorCode): void
}

/** The connection under a session, as the session sees it. */
export interface SessionLink {
  readonly socket: Socket
  /** The request that it began with. */
  readonly handshake: Handshake
  /** Ends the connection with a code that says why. */
  refuse(code: CloseReason & ErrorCode): void
}

/** What the browser says it has, when it has a message that was sent. */
type SentTag = { readonly root: number; readonly sequence: number } | { readonly call: number } | null

/**
 * A browser's lasting identity: its roots, its calls, and what it was sent and may not have. It outlives connections;
 * without one it goes on, up to its limits, and waits for its browser.
 */
export class Session implements ViewerHost {
  private state: SessionState = 'attached'
  /** What diagnostics say of it. */
  identity: { readonly session: string; readonly handshake: Handshake }
  /** What the application sees of it. */
  readonly info: SessionInfo
  /** Whose it is; null for nobody's. It never becomes another's. */
  readonly userId: string | null
  /** What opens it. */
  readonly secrets: SessionSecrets
  private readonly openedAt = performance.now()
  private readonly outbox: Outbox<SentTag>
  private readonly receipts = new Receipts()
  /** Names the count of messages, both ways. */
  series = 0
  readonly roots: SessionRoots
  /** The shared roots that it sees. */
  readonly views: SharedViews
  readonly calls: Calls
  readonly streams: ItemStreams
  readonly uploads: Uploads
  readonly payloads: Payloads
  /** What the browser misses, from a new connection to {@link goOn}. */
  private missing: readonly Body[] | null = null
  /** True from when both sides count anew to {@link goOn}. */
  private restarted = false
  private link: SessionLink | null
  private graceTimer: NodeJS.Timeout | undefined

  constructor(
    readonly host: SessionHost,
    readonly id: string,
    { user, userId }: KnownUser,
    link: SessionLink,
    private readonly onEnded: () => void,
  ) {
    this.link = link
    this.identity = { session: id, handshake: link.handshake }
    this.info = new SessionInfo(id, user)
    this.userId = userId
    this.secrets = new SessionSecrets(host.limits.sessionTtlMs)
    if (diagnostics.sessionOpened.hasSubscribers) diagnostics.sessionOpened.publish(this.identity)
    const { limits, onError } = host
    this.outbox = new Outbox(limits.maxUnackedBytes, (tag) => {
      if (tag !== null && 'call' in tag) this.calls.answers.log.forget(tag.call)
    })
    this.payloads = new Payloads(host, (message) => this.send(message))
    this.roots = new SessionRoots(this)
    this.views = new SharedViews(this, (root) => this.send({ type: 'unmount', root }))
    this.uploads = new Uploads({
      limits,
      onError,
      refused: (code) => host.refused(code),
      send: (message) => this.send(message),
    })
    this.calls = new Calls(this, this.argumentHost())
    this.streams = new ItemStreams({
      maxStreams: limits.maxStreams,
      sendItem: (stream, value) => this.payloads.sendItem(stream, value),
      sendDone: (stream, error) => this.payloads.sendDone(stream, error),
    })
  }

  private argumentHost(): ArgumentHost {
    return {
      limits: this.host.limits,
      file: (call, mark) => this.uploads.take(call, mark),
      functionOf: (mark) => targetOfMark(this, mark).call,
    }
  }

  /** The root of that number, as this session's calls see it. */
  screen(id: number): Screen | undefined {
    return id < firstSharedRoot ? this.roots.find(id) : this.views.get(id)
  }

  get screens(): readonly Screen[] {
    return [...this.roots.all, ...this.views]
  }

  get limits(): Readonly<LiveLimits> {
    return this.host.limits
  }

  /** What a connection has not taken; without one, there is no end to that when nothing more can be kept. */
  get bufferedBytes(): number {
    if (this.link !== null) return this.link.socket.bufferedBytes
    return this.outbox.bytes < this.limits.maxUnackedBytes ? 0 : Number.POSITIVE_INFINITY
  }

  get ended(): boolean {
    return this.state === 'ended'
  }

  /** How many of the browser's messages were handled. */
  get handled(): number {
    return this.receipts.count
  }

  get maxLoggedBytes(): number {
    return this.host.limits.maxLoggedBytes
  }

  /** Why no frame for this tree may be made now; null where one may. */
  holdsBack(tree: LiveTree): FrameHeldBack['reason'] | null {
    const { maxUnackedFrames, maxBufferedBytes } = this.limits
    if (tree.unacknowledged >= maxUnackedFrames) return 'unacknowledged_frames'
    if (this.bufferedBytes <= maxBufferedBytes) return null
    return this.link === null ? 'unacknowledged_bytes' : 'buffered_bytes'
  }

  /** The network took what was buffered. */
  drained(): void {
    this.wake()
  }

  private wake(): void {
    this.roots.wake()
    for (const viewer of this.views) viewer.wake()
  }

  /** Sends a message, now or when the browser is back. */
  send(message: DownMessage): void {
    const { type } = message
    const tag = type === 'frame' ? { root: message.root, sequence: message.sequence } : null
    this.sendEncoded(encode(message), tag)
  }

  /** Sends an answer, which tells the browser that its call came, as the message of that number, and all before it. */
  sendAnswer(call: number, position: number, answer: Body): void {
    this.receipts.tell(position)
    this.sendEncoded(answer, { call })
  }

  /** Sends what others get too. */
  sendPrepared(message: PreparedMessage): void {
    if (this.ended) return
    this.outbox.add(message.data, message.frame)
    const socket = this.link?.socket
    if (socket?.sendPrepared === undefined) socket?.send(message.data)
    else socket.sendPrepared(message)
  }

  private sendEncoded(data: Body, tag: SentTag): void {
    if (this.ended) return
    this.outbox.add(data, tag)
    this.link?.socket.send(data)
  }

  /** A message of the browser is about to be handled. */
  received(bytes: number): void {
    this.receipts.add(bytes)
    if (this.receipts.due) this.sendReceipt()
  }

  private sendReceipt(): void {
    const { count } = this.receipts
    this.receipts.tell(count)
    this.link?.socket.send(encode({ type: 'receipt', count }))
  }

  /** The browser has that many messages. */
  receipt({ count }: Message<'receipt'>): void {
    this.outbox.acknowledge(count)
  }

  /** The browser makes itself heard. */
  ping(): void {
    if (this.receipts.untold) this.sendReceipt()
    this.link?.socket.send(encode({ type: 'pong' }))
  }

  acknowledge({ root: id, received, shown }: Message<'acknowledge'>): void {
    this.outbox.acknowledgeLast(
      (tag) => tag !== null && 'root' in tag && tag.root === id && tag.sequence <= received,
    )
    const shower = id < firstSharedRoot ? this.roots.get(id) : this.views.get(id)
    shower?.acknowledge(received, shown)
  }

  /**
   * Gives the session another connection. Nothing is sent before {@link goOn}.
   *
   * @param hello what the browser says that it has; nothing, where the page was loaded anew.
   */
  attach(link: SessionLink, { received, series }: HelloBody): SessionOutcome {
    const former = this.link
    this.happens(former === null ? 'attach' : 'takeOver')
    this.link = link
    this.info.connected = true
    this.identity = { ...this.identity, handshake: link.handshake }
    const { sessionTaken, sessionResumed } = diagnostics
    const channel = former === null ? sessionResumed : sessionTaken
    if (channel.hasSubscribers) channel.publish(this.identity)
    former?.refuse('session_taken')
    clearTimeout(this.graceTimer)
    this.missing = received === undefined || series !== this.series ? null : this.outbox.after(received)
    if (this.missing !== null) {
      this.outbox.acknowledge(received ?? 0)
      return 'resumed'
    }
    this.restart(received === undefined)
    return 'restored'
  }

  /** What was on the way is lost: both sides count anew, and the browser mounts its roots again. */
  private restart(isNewPage: boolean): void {
    this.series++
    this.outbox.restart()
    this.receipts.restart()
    this.streams.close()
    this.payloads.close()
    this.uploads.restart()
    this.roots.setAside()
    this.calls.restart(isNewPage)
    this.restarted = true
  }

  /** The browser was welcomed: it gets what it misses, and then what is new. */
  goOn(): void {
    for (const data of this.missing ?? []) this.link?.socket.send(data)
    this.missing = null
    if (this.restarted) for (const viewer of this.views) viewer.restart()
    this.restarted = false
    this.wake()
  }

  /** The same user, perhaps with other data. */
  setUser(user: unknown): void {
    if (this.info.setUser(user)) this.roots.userChanged()
  }

  /** A connection was lost. */
  detach(link: SessionLink): void {
    if (this.link !== link || this.ended) return
    this.link = null
    this.happens('detach')
    this.secrets.renew()
    this.info.connected = false
    if (diagnostics.sessionDetached.hasSubscribers) diagnostics.sessionDetached.publish(this.identity)
    this.graceTimer = setTimeout(() => this.finish('expire'), this.host.limits.sessionGraceMs).unref()
  }

  /** The browser has closed a connection for it is done. */
  leave(link: SessionLink): void {
    if (this.link === link) this.end()
  }

  /** The server is about to end, and with it the session here: its browser goes on elsewhere. */
  sendAway(): void {
    this.link?.refuse('server_closing')
    this.end()
  }

  /** Ends it, and tells its browser why. */
  dismiss(code: CloseReason & ErrorCode): void {
    this.link?.refuse(code)
    this.end()
  }

  /** Unmounts everything, for good. */
  end(): void {
    if (!this.ended) this.finish('end')
  }

  private finish(event: SessionEvent): void {
    this.happens(event)
    this.link = null
    clearTimeout(this.graceTimer)
    this.calls.close()
    this.streams.close()
    this.uploads.close()
    this.roots.close()
    this.views.close()
    this.payloads.close()
    this.calls.answers.log.clear()
    this.outbox.restart()
    this.onEnded()
    if (!diagnostics.sessionEnded.hasSubscribers) return
    diagnostics.sessionEnded.publish({ ...this.identity, durationMs: performance.now() - this.openedAt })
  }

  private happens(event: SessionEvent): void {
    const next = afterEvent(this.state, event)
    if (next === null) throw new Error(`Liveroot: ${event} cannot happen to a session that is ${this.state}.`)
    this.state = next
  }
}
