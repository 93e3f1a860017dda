import type { ErrorCode } from '../errors.ts'
import { type CloseReason, closeCodes } from '../protocol/close-codes.ts'
import { decodeUp, encode } from '../protocol/codec.ts'
import { type Body, protocolVersion, type UpMessage } from '../protocol/messages.ts'
import type { Authenticated } from './authenticator.ts'
import { refusalOf } from './errors-out.ts'
import { Inbox } from './inbox.ts'
import { Session, type SessionHost } from './session.ts'
import type { Handshake, Socket, SocketListener } from './transport.ts'

/**
 * One open socket: the handshake, the heartbeat, and the way from a message to the session. It fails closed: anything
 * that is not in the protocol ends this connection and touches nothing else.
 */
export class Connection implements SocketListener {
  private session: Session | null = null
  private greeting = false
  private closing = false
  private heardAt = Date.now()
  private stalledSince = 0
  private readonly handshakeTimer: NodeJS.Timeout
  private readonly pulse: NodeJS.Timeout
  private readonly inbox: Inbox

  constructor(
    private readonly host: SessionHost,
    private readonly socket: Socket,
    private readonly handshake: Handshake,
    private readonly onClosed: (connection: Connection) => void,
  ) {
    const { handshakeTimeoutMs, heartbeatMs, slowReaderTimeoutMs } = host.limits
    this.inbox = new Inbox(socket, (data) => this.handle(data))
    this.handshakeTimer = setTimeout(() => this.refuse('handshake_timeout'), handshakeTimeoutMs)
    this.pulse = setInterval(() => this.check(), Math.max(10, Math.min(heartbeatMs, slowReaderTimeoutMs) / 2))
    this.pulse.unref()
  }

  /** True when the browser has said hello, and has a session. */
  get greeted(): boolean {
    return this.session !== null
  }

  message(data: Body): void {
    this.heardAt = Date.now()
    this.inbox.receive(data)
  }

  private handle(data: Body): void {
    if (this.closing) return
    const message = decodeUp(data)
    // The bytes of files are bytes, and all else is text.
    if (message === null || (message.type === 'upload') !== (typeof data !== 'string')) {
      return this.refuse('bad_frame')
    }
    if (this.session === null) this.greet(message)
    else this.dispatch(this.session, message)
  }

  private greet(message: UpMessage): void {
    if (message.type !== 'hello' || this.greeting) return this.refuse('bad_frame')
    if (message.version !== protocolVersion) return this.refuse('wrong_protocol')
    clearTimeout(this.handshakeTimer)
    this.greeting = true
    const who = this.host.authenticator.ask(this.handshake)
    if (who instanceof Promise) void who.then((known) => this.enter(known))
    else this.enter(who)
  }

  private enter(who: Authenticated): void {
    // It may have left while it was asked who it is.
    if (this.closing) return
    if ('refused' in who) return this.refuse(who.refused)
    this.session = new Session(this.host, this.socket, this.handshake, who)
    const { heartbeatMs, maxUnackedFrames: window } = this.host.limits
    this.socket.send(encode({ type: 'welcome', version: protocolVersion, heartbeatMs, window }))
  }

  private dispatch(session: Session, message: UpMessage): void {
    switch (message.type) {
      case 'hello':
        return this.refuse('bad_frame')
      case 'mount':
        return session.root(message.root) === undefined ? session.mount(message) : this.refuse('bad_frame')
      case 'unmount':
        return session.unmount(message)
      case 'call':
        return session.call(message)
      case 'acknowledge':
        return session.acknowledge(message)
      case 'argument':
        return session.argument(message)
      case 'pull':
        return session.streams.pull(message.stream, message.count)
      case 'cancel':
        return session.streams.cancel(message.stream)
      case 'upload':
        return session.uploads.receive(message)
      case 'discard':
        return session.uploads.discard(message)
      case 'ping':
        return session.send({ type: 'pong' })
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
    this.host.refused(code)
    this.socket.send(encode({ type: 'refusal', body: JSON.stringify(refusalOf(code)) }))
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

  closed(): void {
    this.closing = true
    this.inbox.clear()
    clearTimeout(this.handshakeTimer)
    clearInterval(this.pulse)
    this.session?.close()
    this.session = null
    this.onClosed(this)
  }
}
