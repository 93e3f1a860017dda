import { LiverootError } from '../errors.ts'
import { findShared } from '../live/shared.ts'
import type { Lag } from '../live/tree-observer.ts'
import { encode } from '../protocol/codec.ts'
import type { Body } from '../protocol/messages.ts'
import type { ServerFunction } from './server-functions.ts'
import type { SendCall } from './shared-forwarded.ts'
import { SharedFrame } from './shared-frame.ts'
import type { Claim, FrameNews, InnerRow, OwnerMessage } from './shared-messages.ts'
import type { Forward, SharedOrigin } from './shared-origin.ts'
import type { SharedRoot } from './shared-root.ts'
import type { SharedSeat } from './shared-seat.ts'
import { SharedState } from './shared-state.ts'
import { PreparedMessage } from './transport.ts'
import { decodeValue } from './value-codec.ts'
import type { Viewer } from './viewer.ts'

/** A call that ran, and the frame with its effects. */
interface Answered {
  readonly sequence: number
  settle(): void
}

/**
 * A tree of another server, as a server with viewers of it follows it: the frames go on to the viewers as they are, and
 * the viewers' calls go to the owner.
 */
export class FollowedTree implements SharedOrigin {
  /** The newest frame by the owner's numbers; 0 before the first picture. */
  private newest = 0
  /** What numbers here are greater by: to a viewer they only grow, also when the owner is another. */
  private offset = 0
  private readonly after: number
  private readonly waitingForPicture = new Set<Viewer>()
  /** True from when a picture was asked for to when it comes. */
  private asked = false
  private answered: Answered[] = []
  /** The numbers here of the owner's streams. */
  private readonly streams = new Map<number, number>()
  private readonly modules = new Set<string>()
  /** The shared roots inside it, with what lets them go. */
  private readonly inner = new Map<string, () => void>()
  private toldShown = 0
  private closed = false

  constructor(
    private readonly seat: SharedSeat,
    private readonly owner: string,
    /** That of the owner before, until its own comes. */
    readonly state = new SharedState(),
  ) {
    this.after = seat.root.sequence
    this.ask(true)
  }

  private get root(): SharedRoot {
    return this.seat.root
  }

  get ready(): boolean {
    return this.newest > 0
  }

  get sequence(): number {
    return this.newest === 0 ? this.after : this.newest + this.offset
  }

  private ask(state: boolean): void {
    this.asked = true
    this.seat.send({ type: 'join', to: this.owner, state })
  }

  bring(viewer: Viewer): void {
    this.waitingForPicture.add(viewer)
    if (!this.asked) this.ask(false)
  }

  forget(viewer: Viewer): void {
    this.waitingForPicture.delete(viewer)
  }

  receive(message: OwnerMessage & Claim, body: Body): void {
    switch (message.type) {
      case 'own':
        // It may have taken this server for dead.
        return this.askForAll()
      case 'picture':
        return this.takePicture(message, body)
      case 'frame':
        return this.takeFrame(message, body)
      case 'state':
        return this.state.apply(message.state)
      case 'chunk':
      case 'end':
        return this.takeChunk(message.stream, message.type === 'chunk' ? body : null)
      case 'result':
        return this.takeResult(message, body)
    }
  }

  private takePicture(news: FrameNews, body: Body): void {
    this.asked = false
    if (news.sequence < this.newest) return this.ask(true)
    // A picture's number is greater than the one before by more than 1.
    if (this.newest === 0 && this.after > 0) this.offset = Math.max(0, this.after + 2 - news.sequence)
    const isNews = news.sequence > this.newest
    this.newest = news.sequence
    // It has the whole state, where it has one.
    if (news.state !== undefined) this.state.clear()
    const frame = this.frameOf(news, body)
    if (this.state.tree !== null) this.root.shows(this.state.tree)
    // Those who have not got the frames until here cannot take the next one.
    const behind = isNews ? [...this.root.audience] : [...this.waitingForPicture]
    this.waitingForPicture.clear()
    for (const viewer of behind) viewer.picture(frame)
    this.reached()
    this.root.readied()
    // Of those that were on their way, this owner may not have heard.
    if (news.state !== undefined) this.seat.forwarded.sendAgain(this.offset, this.sendCall)
  }

  private takeFrame(news: FrameNews, body: Body): void {
    if (this.newest === 0 || news.sequence <= this.newest) return
    if (news.sequence !== this.newest + 1) return this.resume()
    this.newest = news.sequence
    const frame = this.frameOf(news, body)
    this.root.audience.publish((viewer) => viewer.frame(frame))
    this.reached()
  }

  private frameOf({ sequence, stream, inner, state, modules }: FrameNews, body: Body): SharedFrame {
    if (state !== undefined) this.state.apply(state)
    for (const module of modules ?? []) this.modules.add(module)
    if (inner !== undefined) this.showInner(inner)
    let own: number | undefined
    if (stream !== undefined) {
      own = this.root.registry.nextStream()
      this.streams.set(stream, own)
    }
    return new SharedFrame(this.root.id, sequence + this.offset, body, own)
  }

  private takeChunk(stream: number, body: Body | null): void {
    const own = this.streams.get(stream)
    if (own === undefined) return
    if (body === null) this.streams.delete(stream)
    const data =
      body === null ? encode({ type: 'end', stream: own }) : encode({ type: 'chunk', stream: own, body })
    const message = new PreparedMessage(data)
    this.root.audience.publish((viewer) => viewer.chunk(message))
  }

  /** Its viewers see the shared roots inside it; they are held here, too. */
  private showInner(rows: readonly InnerRow[]): void {
    const wanted = new Map(rows.map((row) => [`${row[0]}\n${row[1]}`, row]))
    for (const [name, letGo] of this.inner) {
      if (wanted.has(name)) continue
      this.inner.delete(name)
      letGo()
    }
    for (const [name, [id, key, data, outlets]] of wanted) {
      const definition = findShared(id)
      if (this.inner.has(name) || definition === undefined) continue
      const { registry } = this.root
      const root = registry.open({
        definition,
        key,
        outlets,
        data: decodeValue(data) as Record<string, unknown>,
      })
      // The owner throws its error where it has the place.
      const release = root.hold(() => {})
      root.mount()
      this.root.show(root)
      this.inner.set(name, () => registry.later(() => this.root.hide(root, release)))
    }
  }

  // Calls

  shownHandlers(): undefined {}

  find(_slot: number, _path: string, _seen: number, lag: Lag): ServerFunction | undefined {
    if (this.newest === 0 || lag.sent <= this.after) return undefined
    return () => Promise.reject(new LiverootError('not_forwarded'))
  }

  forward(slot: number, path: string, seen: number, lag: Lag): Forward | undefined {
    if (this.newest === 0 || lag.sent <= this.after) return undefined
    return this.seat.forwarded.forward(slot, path, seen, lag, () => this.offset, this.sendCall)
  }

  holds(): boolean {
    return false
  }

  asCall(run: ServerFunction): ServerFunction {
    return run
  }

  /** The owner knows. */
  ranBefore(): boolean {
    return false
  }

  private readonly sendCall: SendCall = (call, args) => this.seat.send({ ...call, to: this.owner }, args)

  private takeResult({ call, sequence, error }: OwnerMessage & { type: 'result' }, body: Body): void {
    const outcome = error === undefined ? { value: String(body) } : { error }
    const settle = () => this.seat.forwarded.settle(call, outcome)
    if (sequence <= this.newest) settle()
    else this.answered.push({ sequence, settle })
  }

  private reached(): void {
    const ready = this.answered.filter(({ sequence }) => sequence <= this.newest)
    this.answered = this.answered.filter(({ sequence }) => sequence > this.newest)
    for (const { settle } of ready) settle()
  }

  afterFlush(callback: (sequence: number) => void): void {
    // The result of a call comes after the frame with its effects.
    callback(this.sequence)
  }

  whenFlushed(callback: (sequence: number) => void): void {
    callback(this.sequence)
  }

  lists(id: string): boolean {
    const modules = this.root.registry.host.modules()
    for (const module of this.modules) if (modules[module]?.functions?.includes(id)) return true
    return false
  }

  // Its link to the owner

  /** Something may have been missed: begins anew from a picture. */
  resume(): void {
    this.askForAll()
  }

  private askForAll(): void {
    for (const viewer of this.root.audience) {
      viewer.behind = true
      this.waitingForPicture.add(viewer)
    }
    this.ask(true)
  }

  beat(): void {
    // The owner may not have heard.
    if (this.asked) this.ask(true)
    const sequence = this.root.audience.oldestShown(this.sequence) - this.offset
    if (sequence <= this.toldShown || this.newest === 0) return
    this.toldShown = sequence
    this.seat.send({ type: 'shown', to: this.owner, sequence })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    // These ran.
    for (const { settle } of this.answered.splice(0)) settle()
    this.waitingForPicture.clear()
    for (const letGo of this.inner.values()) letGo()
    this.inner.clear()
  }
}
