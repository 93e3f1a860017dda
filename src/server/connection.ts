import type { ErrorCode } from '../errors.ts'
import { type CloseReason, closeCodes } from '../protocol/close-codes.ts'
import { decodeUp, encode } from '../protocol/codec.ts'
import {
  type Body,
  type HelloBody,
  isCounted,
  type Message,
  protocolVersion,
  type UpMessage,
  type WelcomeBody,
} from '../protocol/messages.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import type { Authenticated, KnownUser } from './authenticator.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { readHello } from './hello.ts'
import { Inbox } from './inbox.ts'
import type { Session } from './session.ts'
import type { SessionHost, SessionLink } from './session-host.ts'
import type { Attached, AttachRefusal, Sessions } from './sessions.ts'
import type { Handshake, Socket, SocketListener } from './transport.ts'

/**
 * One open socket: the handshake, the heartbeat, and the way from a message to the session. It fails closed: anything
 * that is not in the protocol ends this connection and touches nothing else.
 */
export class Connection implements SocketListener, SessionLink {
  private session: Session | null = null
  private greeting = false
  /** Until then, the token in the welcome may have been lost. */
  private heardSinceWelcome = false
  closing = false
  private broken = false
  private heardAt = Date.now()
  private stalledSince = 0
  private readonly handshakeTimer: NodeJS.Timeout
  private readonly pulse: NodeJS.Timeout
  private readonly inbox: Inbox
  private readonly host: SessionHost

  constructor(
    private readonly sessions: Sessions,
    readonly socket: Socket,
    readonly handshake: Handshake,
    private readonly onClosed: (connection: Connection) => void,
  ) {
    const { host } = sessions
    this.host = host
    const { handshakeTimeoutMs, heartbeatMs, slowReaderTimeoutMs } = host.limits
    this.inbox = new Inbox(socket, (data) => this.handle(data))
    this.handshakeTimer = setTimeout(() => this.refuse('handshake_timeout'), handshakeTimeoutMs)
    this.pulse = setInterval(() => this.check(), Math.max(10, Math.min(heartbeatMs, slowReaderTimeoutMs) / 2))
    this.pulse.unref()
  }

  message(data: Body): void {
    this.heardAt = Date.now()
    // What came in time may wait for its turn: where thousands come at once, that takes longer.
    if (this.session === null) clearTimeout(this.handshakeTimer)
    this.inbox.receive(data)
  }

  private handle(data: Body): void {
    if (this.closing) return
    const message = decodeUp(data)
    // The bytes of files are bytes, and all else is text.
    if (message === null || (message.type === 'upload') !== (typeof data !== 'string')) {
      return this.refuse('bad_frame')
    }
    if (this.session === null) return this.greet(message)
    // On its way to another server: that one will run what this one has not begun.
    if (this.sessions.draining && startsSomething.has(message.type)) return
    if (!this.heardSinceWelcome) {
      this.heardSinceWelcome = true
      this.session.secrets.arrived()
    }
    if (this.session.rest.asleep && isForTrees(message)) this.session.rest.wake()
    // Once it is dispatched: what was read and not handled when the connection is lost comes again.
    if (isCounted(message.type)) this.session.wire.received(data.length)
    this.dispatch(this.session, message)
  }

  private greet(message: UpMessage): void {
    if (message.type !== 'hello' || this.greeting) return this.refuse('bad_frame')
    if (message.version !== protocolVersion) return this.refuse('wrong_protocol')
    const hello = readHello(message.body)
    if (hello === null) return this.refuse('bad_frame')
    this.greeting = true
    const who = this.host.authenticator.ask(this.handshake)
    if (who instanceof Promise) void who.then((known) => this.enter(known, hello))
    else this.enter(who, hello)
  }

  private enter(who: Authenticated, hello: HelloBody): void {
    // It may have left while it was asked who it is.
    if (this.closing) return
    if ('refused' in who) return this.refuse(who.refused)
    const attached = this.sessions.attach(hello, who, this)
    if (!(attached instanceof Promise)) return this.begin(attached, who)
    attached.then(
      (found) => this.begin(found, who),
      (error: unknown) => {
        describeError(error, 'store_unreachable', this.host.onError)
        this.refuse('store_unreachable')
      },
    )
  }

  private begin(attached: Attached | AttachRefusal | null, who: KnownUser): void {
    if (attached === null) return
    if (typeof attached === 'string') return this.refuse(attached)
    const { session } = attached
    // The browser may have left while its session was looked for.
    if (this.closing) return session.detach(this)
    this.session = session
    this.socket.send(encode(this.welcome(attached)))
    session.goOn()
    session.setUser(who.user)
  }

  private welcome({ session, outcome, token }: Attached): Message<'welcome'> {
    const { heartbeatMs, maxUnackedFrames: window, maxCallsInFlight, maxMessageBytes } = this.host.limits
    const { series, handled } = session.wire
    const build = this.host.build()
    const known = {
      token,
      session: outcome,
      series,
      handled,
      maxCalls: maxCallsInFlight,
      maxMessageBytes,
    }
    const body: WelcomeBody = build === '' ? known : { ...known, build }
    return { type: 'welcome', version: protocolVersion, heartbeatMs, window, body: JSON.stringify(body) }
  }

  private dispatch(session: Session, message: UpMessage): void {
    switch (message.type) {
      case 'hello':
        return this.refuse('bad_frame')
      case 'mount':
        return session.roots.get(message.root) === undefined
          ? session.roots.mount(message)
          : this.refuse('bad_frame')
      case 'unmount':
        return session.roots.unmount(message)
      case 'call':
        return session.calls.receive(message)
      case 'acknowledge':
        return session.acknowledge(message)
      case 'argument':
        return session.calls.receiveArgument(message)
      case 'pull':
        return session.streams.pull(message.stream, message.count)
      case 'cancel':
        return session.streams.cancel(message.stream)
      case 'upload':
        return session.uploads.receive(message)
      case 'discard':
        return session.uploads.discard(message)
      case 'ping':
        return session.wire.ping()
      case 'receipt':
        return session.wire.receipt(message.count)
    }
  }

  drained(): void {
    this.stalledSince = 0
    this.session?.drained()
  }

  /** Ends the connection with a code that says why. */
  refuse(code: CloseReason & ErrorCode): void {
    if (this.closing) return
    this.closing = true
    this.broken = code === 'bad_frame'
    this.host.refused(code)
    const { retryAfterMs } = this.host.limits
    const body = { ...refusalOf(code), ...(comesBackLater.has(code) ? { retryAfterMs } : {}) }
    this.socket.send(encode({ type: 'refusal', body: JSON.stringify(body) }))
    this.socket.close(closeCodes[code], code)
  }

  /** A silent or stuck peer is not coming back: nothing it leaves unread is kept for longer than this. */
  private check(): void {
    const { heartbeatMs, maxBufferedBytes, slowReaderTimeoutMs } = this.host.limits
    const now = Date.now()
    if (now - this.heardAt > 2 * heartbeatMs) return this.drop('heartbeat_timeout')
    if (this.socket.bufferedBytes <= maxBufferedBytes) this.stalledSince = 0
    else this.stalledSince ||= now
    if (this.stalledSince !== 0 && now - this.stalledSince > slowReaderTimeoutMs) this.drop('slow_reader')
  }

  private drop(code: CloseReason & ErrorCode): void {
    this.refuse(code)
    this.socket.terminate()
  }

  closed(code = 1006): void {
    this.closing = true
    this.inbox.clear()
    clearTimeout(this.handshakeTimer)
    clearInterval(this.pulse)
    const { session } = this
    this.session = null
    // What broke a rule would come again with the session, and break it again.
    if (isDone.has(code) || this.broken) session?.leave(this)
    else session?.detach(this)
    this.onClosed(this)
  }
}

const isDone: ReadonlySet<number> = new Set([closeCodes.normal, closeCodes.frame_too_large])

/** True for what does not leave trees that sleep as they are. */
function isForTrees({ type, ...message }: UpMessage): boolean {
  if (type === 'call') return (message as Message<'call'>).root < firstSharedRoot
  return isCounted(type)
}

const startsSomething: ReadonlySet<string> = new Set(['mount', 'call', 'argument', 'upload'])

/** All at once they would not find room. */
const comesBackLater: ReadonlySet<string> = new Set([
  'server_closing',
  'too_many_sessions',
  'store_unreachable',
])
