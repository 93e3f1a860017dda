import type { SharedRoot } from './shared-root.ts'
import { Viewer, type ViewerHost } from './viewer.ts'

interface View {
  readonly root: SharedRoot
  readonly viewer: Viewer
  /** How many roots of the session show it. */
  holds: number
}

/** The shared roots that one session sees. */
export class SharedViews {
  private readonly views = new Map<number, View>()
  private closed = false

  constructor(
    private readonly host: ViewerHost,
    private readonly sendGone: (root: number) => void,
  ) {}

  get(id: number): Viewer | undefined {
    return this.views.get(id)?.viewer
  }

  *[Symbol.iterator](): Iterator<Viewer> {
    for (const { viewer } of this.views.values()) yield viewer
  }

  add(root: SharedRoot): void {
    if (this.closed) return
    const view = this.views.get(root.id)
    if (view !== undefined) return void view.holds++
    const viewer = new Viewer(root, this.host)
    this.views.set(root.id, { root, viewer, holds: 1 })
    root.join(viewer)
  }

  remove({ id }: SharedRoot): void {
    const view = this.views.get(id)
    if (view === undefined || --view.holds > 0) return
    this.views.delete(id)
    view.root.leave(view.viewer)
    this.sendGone(id)
  }

  close(): void {
    this.closed = true
    for (const { root, viewer } of this.views.values()) root.leave(viewer)
    this.views.clear()
  }
}
