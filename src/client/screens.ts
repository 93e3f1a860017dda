import type { RootView } from './root.ts'

/**
 * How a component is to take a new view: in a transition, at once, or, with `restart`, only by an update that makes
 * React begin anew whatever it is rendering, for which the view says how far frames have been applied.
 */
export type ViewUpdate = 'transition' | 'now' | 'restart'

export type RootListener = (view: RootView, update: ViewUpdate) => void

/** What one component has put on screen, as numbers of frames. */
export interface OnScreen {
  /** The frame of the view that it shows. */
  readonly view: number
  /** The last frame whose transition, with all before it, is finished. */
  readonly finished: number
  /** No render under way is older than this frame. */
  readonly restarted: number
}

/** The components that show a root, with what each has put on screen; of a shared root there may be several. */
export class Screens {
  private readonly screens = new Map<RootListener, OnScreen>()

  /** A component that has just come on screen: no render that is under way is older than what is `applied`. */
  add(listener: RootListener, applied: number): void {
    this.screens.set(listener, { view: 0, finished: 0, restarted: applied })
  }

  delete(listener: RootListener): void {
    this.screens.delete(listener)
  }

  /** The numbers of frames begin anew. */
  restart(): void {
    for (const [listener, each] of this.screens) this.screens.set(listener, { ...each, restarted: 0 })
  }

  announce(view: RootView, update: ViewUpdate): void {
    for (const listener of [...this.screens.keys()]) listener(view, update)
  }

  /** Notes what one of the components has put on screen. */
  committed(listener: RootListener, change: Partial<OnScreen>): void {
    const before = this.screens.get(listener)
    if (before !== undefined) this.screens.set(listener, { ...before, ...change })
  }

  /** What all of them have on screen; null where there are none. */
  get onAll(): OnScreen | null {
    if (this.screens.size === 0) return null
    const all = [...this.screens.values()]
    const least = (which: keyof OnScreen) => Math.min(...all.map((each) => each[which]))
    return { view: least('view'), finished: least('finished'), restarted: least('restarted') }
  }
}
