import { createElement, type ReactElement } from 'react'
import { scheduleFlush } from '../live/flush-queue.ts'
import { ServicesContext } from '../live/services.ts'
import { SessionContext } from '../live/session.ts'
import { LiveTree, type TreeObserver } from '../live/tree.ts'
import { diagnostics } from './diagnostics.ts'
import { describeError } from './errors-out.ts'
import { encodeBatch } from './flight/encode.ts'
import { ObservedFrame, observeMount } from './observe.ts'
import { RootGuard } from './root-guard.ts'
import type { Match } from './routes.ts'
import type { Session } from './session.ts'

/** A live root of a session: a live tree, its place on the wire, and the rule of when to flush. */
export class Root implements TreeObserver {
  readonly tree: LiveTree
  /** True while React's writer is at work on a frame, which it does in its own time. */
  private encoding = false
  /** True from when a frame was held back to when one is sent. */
  private held = false
  /** True when what the next frame brings are the effects of a call that the browser made in a transition. */
  ofAction = false
  private readonly waiting: (() => void)[] = []
  private closed = false
  private mounted = false
  private readonly guard: RootGuard | null

  constructor(
    private readonly session: Session,
    /** The number that the browser chose. */
    readonly id: number,
    private readonly match: Match,
  ) {
    this.tree = new LiveTree(this, `live${id}`)
    const { info, host } = session
    this.guard =
      match.route.guard === undefined ? null : new RootGuard(match, () => info.current, host.onError)
  }

  get route(): string {
    return this.match.route.pattern
  }

  /** Renders it, when the guard of its route lets the session in. */
  mount(): void {
    if (this.guard === null) this.mountNow()
    else this.askGuard(this.guard)
  }

  /** The session's user is another: what was allowed may be so no more. */
  userChanged(): void {
    if (this.guard !== null) this.askGuard(this.guard)
  }

  private askGuard(guard: RootGuard): void {
    guard.ask((refusal) => {
      if (this.closed) return
      if (refusal === null) return this.mounted ? undefined : this.mountNow()
      this.session.host.refused('forbidden')
      this.session.failRoot(this, refusal)
    })
  }

  private mountNow(): void {
    this.mounted = true
    observeMount(
      () => this.describe(),
      () => {
        this.render()
        return !this.closed
      },
    )
  }

  private describe() {
    return { ...this.session.identity, route: this.route, root: this.id }
  }

  private render(): void {
    const { component } = this.match.route
    const element = createElement(component as never, this.match.props as never)
    const { host, info } = this.session
    this.tree.mount(element, (inner: ReactElement) =>
      createElement(ServicesContext, { value: host }, createElement(SessionContext, { value: info }, inner)),
    )
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    try {
      this.tree.unmount()
    } catch (error) {
      describeError(error, 'root_failed', this.session.host.onError, { route: this.route })
    }
    this.release()
  }

  acknowledge(received: number, shown: number): void {
    this.tree.acknowledge(received, shown)
    this.wake()
  }

  /** There may be room again. */
  wake(): void {
    if (this.tree.dirty && !this.closed) scheduleFlush(this)
  }

  /** Calls back in the next flush, when all that changes until then is on its way to the browser. */
  afterFlush(callback: () => void): void {
    if (this.closed) return callback()
    this.waiting.push(callback)
    scheduleFlush(this)
  }

  /** Calls back when all that changed so far is on its way to the browser. */
  whenFlushed(callback: () => void): void {
    if (this.closed || !(this.tree.dirty || this.encoding)) callback()
    else this.waiting.push(callback)
  }

  /**
   * Sends what changed, unless the browser has not kept up: then the tree stays dirty, and a later flush goes from what
   * was sent last straight to the newest state.
   */
  flush(): void {
    if (this.closed || this.encoding || (this.tree.dirty && this.isHeldBack())) return
    try {
      this.send()
    } catch (error) {
      this.failed(error, '')
    }
    if (!this.tree.dirty && !this.encoding) this.release()
  }

  private isHeldBack(): boolean {
    const reason = this.session.holdsBack(this.tree)
    if (reason === null || this.held) return reason !== null
    this.held = true
    if (diagnostics.frameHeld.hasSubscribers) diagnostics.frameHeld.publish({ ...this.describe(), reason })
    return true
  }

  private send(): void {
    const observed = ObservedFrame.begin()
    const batch = this.tree.collect()
    if (batch === null) return
    this.held = false
    const { session, id } = this
    const { sequence } = batch
    const action = this.ofAction ? 1 : 0
    this.ofAction = false
    const payload = encodeBatch(batch, session.host.modules(), (error) => this.report(error))
    const describe = () => ({ ...this.describe(), sequence, writes: batch.writes.length })
    if (typeof payload === 'string') {
      observed?.end(payload, describe)
      session.send({ type: 'frame', root: id, sequence, ...(action ? { action } : {}), body: payload })
      return
    }
    this.encoding = true
    session
      .sendStream(payload, (body, stream) => {
        observed?.end(body, describe)
        const more = stream === undefined ? (action ? { action } : {}) : { action, stream }
        return { type: 'frame', root: id, sequence, ...more, body }
      })
      .then(
        () => this.encoded(),
        (error: unknown) => this.failed(error, ''),
      )
  }

  private encoded(): void {
    this.encoding = false
    if (this.tree.dirty) this.wake()
    else this.release()
  }

  private release(): void {
    for (const callback of this.waiting.splice(0)) callback()
  }

  private report(error: unknown): string | undefined {
    return describeError(error, 'root_failed', this.session.host.onError, { route: this.route }).digest
  }

  caught(error: unknown, componentStack: string): void {
    describeError(error, 'boundary_caught', this.session.host.onError, { route: this.route, componentStack })
  }

  failed(error: unknown, componentStack: string): void {
    const body = describeError(error, 'root_failed', this.session.host.onError, {
      route: this.route,
      componentStack,
    })
    // A cleanup may throw while the root is being closed: there is nobody to tell but the log.
    if (!this.closed) this.session.failRoot(this, body)
  }
}
