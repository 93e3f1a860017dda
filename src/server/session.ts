import type { ErrorCode } from '../errors.ts'
import type { LiveTree } from '../live/tree.ts'
import type { CloseReason } from '../protocol/close-codes.ts'
import type { Body, HelloBody, Message, SessionOutcome } from '../protocol/messages.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import { interruptedAnswer } from './answers.ts'
import type { ArgumentHost } from './arguments.ts'
import type { KnownUser } from './authenticator.ts'
import { functionOfMark } from './call-target.ts'
import { Calls } from './calls.ts'
import { diagnostics, type FrameHeldBack } from './diagnostics.ts'
import { ItemStreams } from './item-streams.ts'
import type { LiveLimits } from './limits.ts'
import { Payloads } from './payloads.ts'
import type { Screen } from './screen.ts'
import type { SessionHost, SessionLink } from './session-host.ts'
import { SessionInfo } from './session-info.ts'
import { SessionKeeper } from './session-keeper.ts'
import { SessionRest } from './session-rest.ts'
import { SessionRoots } from './session-roots.ts'
import { afterEvent, type SessionEvent, type SessionState } from './session-states.ts'
import type { SessionEntries } from './session-store.ts'
import { SessionSecrets } from './session-token.ts'
import { SessionWire } from './session-wire.ts'
import { SharedViews } from './shared-views.ts'
import type { StoredSession } from './snapshot.ts'
import type { Handshake, PreparedMessage } from './transport.ts'
import { Uploads } from './uploads.ts'
import type { ViewerHost } from './viewer.ts'

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
  secrets: SessionSecrets
  private readonly openedAt = performance.now()
  /** Its messages, both ways. */
  readonly wire: SessionWire
  readonly roots: SessionRoots
  /** The shared roots that it sees. */
  readonly views: SharedViews
  readonly calls: Calls
  readonly streams: ItemStreams
  readonly uploads: Uploads
  readonly keeper: SessionKeeper
  readonly payloads: Payloads
  private link: SessionLink | null
  private graceTimer: NodeJS.Timeout | undefined
  /** Lets its trees sleep while nothing happens, though its browser is there. */
  readonly rest = new SessionRest(this)

  constructor(
    readonly host: SessionHost,
    readonly id: string,
    { user, userId }: KnownUser,
    link: SessionLink,
    private readonly onEnded: () => void,
    saved: SessionEntries = new Map(),
  ) {
    this.link = link
    this.identity = { session: id, handshake: link.handshake }
    this.info = new SessionInfo(id, user)
    this.userId = userId
    this.secrets = new SessionSecrets(host.limits.sessionTtlMs)
    if (diagnostics.sessionOpened.hasSubscribers) diagnostics.sessionOpened.publish(this.identity)
    const { limits, onError } = host
    this.wire = new SessionWire(link.socket, limits.maxUnackedBytes, (call) => {
      this.calls.answers.log.forget(call)
      this.keeper.forget(call)
    })
    this.keeper = new SessionKeeper(host.keeping, id, saved, {
      userId,
      secrets: () => this.secrets.storedText,
      collect: (changes) => this.roots.collectState(changes),
      settled: () => this.roots.settled,
      hold: () => this.wire.hold(),
      collectNew: (changes) => this.roots.collectState(changes, true),
      taken: () => this.taken(),
    })
    this.payloads = new Payloads(host, (message) => this.wire.send(message))
    this.roots = new SessionRoots(this)
    this.views = new SharedViews(this, (root) => this.wire.send({ type: 'unmount', root }))
    this.uploads = new Uploads({
      limits,
      onError,
      refused: (code) => host.refused(code),
      send: (message) => this.wire.send(message),
    })
    this.calls = new Calls(this, this.argumentHost())
    const { log } = this.calls.answers
    if (host.keeping.store.outlivesProcess) {
      log.whenSaved = (call, saved) => this.keeper.answered(call, log.find(call) ?? null, saved)
    }
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
      functionOf: (mark) => functionOfMark(this, mark),
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

  get bufferedBytes(): number {
    return this.wire.bufferedBytes
  }

  get ended(): boolean {
    return this.state === 'ended'
  }

  get handled(): number {
    return this.wire.handled
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

  sendAnswer(call: number, position: number, answer: Body): void {
    this.wire.sendAnswer(call, position, answer)
  }

  sendPrepared(message: PreparedMessage): void {
    this.wire.sendPrepared(message)
  }

  acknowledge({ root: id, received, shown }: Message<'acknowledge'>): void {
    this.wire.acknowledge(id, received)
    const shower = id < firstSharedRoot ? this.roots.get(id) : this.views.get(id)
    shower?.acknowledge(received, shown)
  }

  /**
   * Gives the session another connection. It holds what is for it until {@link goOn}.
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
    if (this.wire.attach(link.socket, received, series)) return 'resumed'
    this.restart(received === undefined)
    return 'restored'
  }

  /** What was on the way is lost: both sides count anew, and the browser mounts its roots again. */
  private restart(isNewPage: boolean): void {
    this.wire.restart()
    this.streams.close()
    this.payloads.close()
    this.uploads.restart()
    this.roots.setAside()
    this.calls.restart(isNewPage)
    if (isNewPage) this.keeper.newPage()
    for (const viewer of this.views) viewer.restart()
  }

  /** Goes on from a snapshot, perhaps of another process. */
  restore(stored: StoredSession, isNewPage: boolean): void {
    // What was counted in another process was another count.
    this.wire.series = Date.now()
    if (stored.secrets !== null)
      this.secrets = new SessionSecrets(this.host.limits.sessionTtlMs, stored.secrets)
    if (isNewPage) this.keeper.newPage()
    else {
      const answered = stored.calls.map(({ call, answer }) => ({
        call,
        answer: answer ?? interruptedAnswer(call),
      }))
      this.calls.answers.log.restore(answered)
    }
    this.roots.restore(stored.trees)
  }

  /** Another server has the session now. A browser that was not welcomed yet is to look for it there. */
  private taken(): void {
    if (!this.wire.greeting) this.link?.refuse('session_taken')
    this.end()
  }

  /** The browser was welcomed: it gets what it misses, and then what is new. */
  goOn(): void {
    this.wire.goOn()
    this.wake()
  }

  /** The same user, perhaps with other data. */
  setUser(user: unknown): void {
    if (!this.info.setUser(user)) return
    this.rest.wake()
    this.roots.userChanged()
  }

  /** True while nothing is under way, and the browser is there. */
  get quiet(): boolean {
    const { state, wire, calls, streams, uploads } = this
    return state === 'attached' && !wire.greeting && calls.idle && streams.idle && uploads.idle
  }

  /** A connection was lost. */
  detach(link: SessionLink): void {
    if (this.link !== link || this.ended) return
    this.link = null
    this.wire.detach()
    this.happens('detach')
    this.secrets.renew()
    this.info.connected = false
    if (diagnostics.sessionDetached.hasSubscribers) diagnostics.sessionDetached.publish(this.identity)
    this.sleepLater()
  }

  private sleepLater(): void {
    clearTimeout(this.graceTimer)
    this.graceTimer = setTimeout(() => void this.sleep(), this.host.limits.sessionGraceMs).unref()
  }

  /** Its browser has been away for long: what it was is stored, and its trees are unmounted. */
  private async sleep(): Promise<void> {
    // While it is stored, something may change.
    do await this.keeper.saveAll(this.calls.answers.log)
    while (this.roots.unsaved && this.state === 'detached')
    if (this.state === 'detached') this.finish('sleep')
  }

  /** The browser has closed a connection for it is done. */
  leave(link: SessionLink): void {
    if (this.link !== link) return
    this.keeper.remove()
    this.end()
  }

  /** The server ends, but not the session: its browser finds it elsewhere, or later. */
  async sendAway(): Promise<void> {
    if (this.keeper.outlivesProcess) await this.keeper.saveAll(this.calls.answers.log)
    this.link?.refuse('server_closing')
    this.end()
  }

  /** Ends it, and tells its browser why. */
  dismiss(code: CloseReason & ErrorCode): void {
    this.keeper.remove()
    this.link?.refuse(code)
    this.end()
  }

  /** Unmounts everything, for good. */
  end(): void {
    if (!this.ended) this.finish('end')
  }

  private finish(event: SessionEvent): void {
    this.happens(event)
    this.keeper.end()
    this.rest.end()
    this.link = null
    clearTimeout(this.graceTimer)
    this.calls.close()
    this.streams.close()
    this.uploads.close()
    this.roots.close()
    this.views.close()
    this.payloads.close()
    this.calls.answers.log.clear()
    this.wire.end()
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
