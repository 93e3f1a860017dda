import { Acknowledgements } from './acknowledgements.ts'
import { LeavingSlots } from './leaving-slots.ts'
import type { RootView } from './root.ts'
import { type OnScreen, type RootListener, Screens } from './screens.ts'
import { ShownWaits } from './shown-waits.ts'
import { UnfinishedSlots, type UpdateKind } from './unfinished-slots.ts'

/** What a root tells of itself, and does, when something of it has come on screen. */
interface ScreenHost {
  /** The last frame that was applied. */
  received(): number
  closed(): boolean
  /** Frames that the server sends ahead of their acknowledgement. */
  window(): number
  acknowledge(received: number, shown: number): void
  /** Something may have left the screen, these slots for good. */
  left(slots: readonly number[]): void
}

/** A frame that was applied. */
export interface Applied {
  readonly sequence: number
  readonly written: readonly number[]
  /** Slots that are gone with it. */
  readonly gone: readonly number[]
  readonly kind: UpdateKind
}

/** How far what was received of a root is on screen, slot by slot, and who waits for it. */
export class RootScreen {
  readonly components = new Screens()
  readonly unfinished = new UnfinishedSlots()
  private onScreen = 0
  private lastTransition = 0
  private readonly leaving = new LeavingSlots()
  private readonly waits = new ShownWaits()
  private readonly acknowledgements: Acknowledgements

  constructor(private readonly host: ScreenHost) {
    this.acknowledgements = new Acknowledgements(
      () => host.window(),
      (received, shown) => host.acknowledge(received, shown),
    )
  }

  /** The server sends everything anew. What was held back is on screen still as it was. */
  restart(): void {
    this.acknowledgements.restart()
    this.lastTransition = 0
    this.leaving.clear()
    this.components.restart()
    this.waits.end()
  }

  /** The numbers of frames begin anew: they are of another tree. */
  begin(): void {
    this.onScreen = 0
    this.unfinished.clear()
  }

  /** To be told before React is. */
  applies({ sequence, written, kind }: Applied): void {
    this.unfinished.add(written, sequence, kind)
    if (kind === 'now') this.waits.appliedApart(sequence)
    else this.lastTransition = sequence
  }

  /** And when React knows. */
  applied({ sequence, gone }: Applied): void {
    this.leaving.add(gone, sequence, this.lastTransition)
    // What suspends may never come on screen before the server sends more, for which it may wait to hear of this.
    this.acknowledgements.update(sequence, this.complete, !this.unfinished.none)
    if (this.components.onAll === null) this.look()
    this.settleWaiting()
  }

  /** A render of an action's transition may be under way, and would go on without this frame. */
  restartRender(sequence: number, view: RootView): void {
    this.waits.appliedInAction(sequence)
    this.components.announce(view, 'restart')
  }

  /** A component has put something on screen. */
  committed(listener: RootListener, change: Partial<OnScreen>): void {
    this.components.committed(listener, change)
    this.look()
  }

  /** The same, of what was received before a restart. */
  committedFormer({ view = 0, finished = 0 }: Partial<OnScreen>): void {
    this.onScreen = Math.max(this.onScreen, view)
    this.unfinished.shown(this.onScreen, finished)
  }

  /** What is on no screen is shown as well as it can be: it may only be newer when it is. */
  look(): void {
    const received = this.host.received()
    this.shown(this.components.onAll ?? { view: received, finished: received, restarted: received })
  }

  private shown(screen: OnScreen): void {
    const { finished } = screen
    const onScreen = Math.max(this.onScreen, screen.view)
    this.unfinished.shown(onScreen, finished)
    this.host.left(this.leaving.take(onScreen, finished))
    this.onScreen = onScreen
    this.acknowledgements.update(this.host.received(), this.complete)
    this.waits.shown({ ...screen, view: onScreen })
    this.settleWaiting()
  }

  /** The last frame of which everything, with all before it, is on screen. */
  private get complete(): number {
    return this.unfinished.complete(this.onScreen)
  }

  /** The frame that a slot shows the state of; no earlier one than `first`. */
  seen(slot: number, first: number): number {
    return this.unfinished.seen(slot, Math.max(this.onScreen, first))
  }

  /** True when all that was received is on screen, or waits there for more to come. */
  get rests(): boolean {
    return this.onScreen >= this.host.received() || !this.unfinished.none
  }

  /** Calls back when everything up to a frame is on screen, or is in a transition. */
  whenShown(sequence: number, callback: () => void): void {
    this.waits.add(sequence, callback)
    this.settleWaiting()
  }

  private settleWaiting(): void {
    if (this.host.closed()) this.waits.end()
    else this.waits.settle(this.host.received())
  }

  /** What was acknowledged may have been lost with a connection. */
  acknowledgeAgain(): void {
    this.acknowledgements.repeat()
  }

  /** Nothing comes on screen any more that anybody could wait for. */
  end(): void {
    this.waits.end()
  }

  close(): void {
    this.acknowledgements.stop()
    this.waits.end()
  }
}
