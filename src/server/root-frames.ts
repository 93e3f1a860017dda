import type { LiveTree } from '../live/tree.ts'
import type { Batch } from '../live/writes.ts'
import type { Body } from '../protocol/messages.ts'
import { diagnostics, type OfRoot } from './diagnostics.ts'
import { encodeSlowly } from './flight/encode.ts'
import { writePlain } from './flight/plain-writer.ts'
import { ObservedFrame } from './observe.ts'
import type { Session } from './session.ts'

/** What frames have to do with the root that they are of. */
export interface FramedRoot {
  readonly id: number
  describe(): OfRoot
  /** Something in a frame cannot be written. Returns the digest that the browser is told. */
  report(error: unknown): string | undefined
  failed(error: unknown, componentStack: string): void
  /** React's writer has written a frame. */
  written(): void
}

/** Makes frames of what changed in a root, and sends them. */
export class RootFrames {
  /** True while React's writer is at work on a frame, which it does in its own time. */
  writing = false
  /** True when what the next frame brings are the effects of a call that the browser made in a transition. */
  ofAction = false
  /** True from when a frame was held back to when one is sent. */
  private held = false
  /** Another after each drop: a frame that was begun before is for nobody. */
  private series = 0

  constructor(
    private readonly root: FramedRoot,
    private readonly session: Session,
  ) {}

  /** Whoever is to have what is being written is gone. */
  drop(): void {
    this.series++
    this.writing = false
  }

  /** True where the browser has not kept up. */
  isHeldBack(tree: LiveTree): boolean {
    const reason = this.session.holdsBack(tree)
    if (reason === null || this.held) return reason !== null
    this.held = true
    const { frameHeld } = diagnostics
    if (frameHeld.hasSubscribers) frameHeld.publish({ ...this.root.describe(), reason })
    return true
  }

  /** Sends what changed in the tree, if anything did. */
  sendChanges(tree: LiveTree): void {
    const observed = ObservedFrame.begin()
    const batch = tree.collect()
    if (batch !== null) this.send(batch, observed)
  }

  send(batch: Batch, observed = ObservedFrame.begin()): void {
    this.held = false
    const plain = writePlain(batch, this.session.host.modules())
    if (plain === null) this.sendSlowly(batch, observed)
    else this.sendFrame(batch, plain, undefined, this.takeAction(), observed)
  }

  private takeAction(): 0 | 1 {
    const action = this.ofAction ? 1 : 0
    this.ofAction = false
    return action
  }

  /** What is not plain goes through React's writer. */
  private sendSlowly(batch: Batch, observed: ObservedFrame | null): void {
    this.writing = true
    const { series, session, root } = this
    const action = this.takeAction()
    const payload = encodeSlowly(batch, session.host.modules(), (error) => root.report(error))
    session.payloads
      .sendStream(payload, (body, stream) => {
        if (this.series !== series) return false
        this.sendFrame(batch, body, stream, action, observed)
        return true
      })
      .then(
        () => this.written(series),
        (error: unknown) => root.failed(error, ''),
      )
  }

  private written(series: number): void {
    if (this.series !== series) return
    this.writing = false
    this.root.written()
  }

  private sendFrame(
    { sequence, writes }: Batch,
    body: Body,
    stream: number | undefined,
    action: 0 | 1,
    observed: ObservedFrame | null,
  ): void {
    const { root, session } = this
    observed?.end(body, { ...root.describe(), sequence, writes: writes.length })
    // The fields stand in the order in which they travel, and those after one that is missing are missing.
    const marked = action === 1 || stream !== undefined ? action : undefined
    session.wire.send({ type: 'frame', root: root.id, sequence, action: marked, stream, body })
  }
}
