import { LiverootError } from '../errors.ts'
import type { Holding } from '../live/holding.ts'
import type { LiveServices } from '../live/services.ts'
import type { ErrorBody, Message } from '../protocol/messages.ts'
import { longestMountPath } from '../protocol/mount-path.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import { describeError, refusalOf } from './errors-out.ts'
import { Root } from './root.ts'
import type { Session } from './session.ts'
import type { SleepStandIn } from './sleep-stand-in.ts'
import type { SleepingRoot, SleepingTrees } from './sleeping-trees.ts'
import type { StoredTree } from './snapshot.ts'
import type { EntryChanges } from './snapshot-writer.ts'

/** The live roots of a session. */
export class SessionRoots {
  private readonly mounted = new Map<number, Root>()
  /** Those that the browser had, and may mount again. */
  private aside: Root[] = []
  private asideTimer: NodeJS.Timeout | undefined
  private trees = 0
  /** Has what the trees that wake just now held. */
  private standIn: SleepStandIn | null = null

  constructor(private readonly session: Session) {}

  get(id: number): Root | undefined {
    return this.mounted.get(id)
  }

  /** Also where the browser has yet to mount it again: calls that came before were for it. */
  find(id: number): Root | undefined {
    return this.mounted.get(id) ?? this.aside.find((root) => root.id === id)
  }

  get all(): readonly Root[] {
    return [...this.mounted.values()]
  }

  mount({ root: id, body }: Message<'mount'>): void {
    const path = String(body)
    const former = this.takeAside(id, path)
    if (former !== undefined) {
      this.mounted.set(id, former)
      return former.mountAgain(id)
    }
    try {
      const root = this.make(id, path)
      this.mounted.set(id, root)
      root.mount()
    } catch (error) {
      this.refuse(id, error)
    }
  }

  /** The same root, where the browser still has its number; a page that was loaded anew has given it another. */
  private takeAside(id: number, path: string): Root | undefined {
    if (this.aside.length === 0) return undefined
    const ofPath = this.aside.filter((root) => root.path === path)
    const found = ofPath.find((root) => root.id === id) ?? ofPath[0]
    this.aside = this.aside.filter((root) => root !== found)
    return found
  }

  private make(id: number, path: string): Root {
    const { limits, routes } = this.session.host
    const { maxRootsPerSession } = limits
    while (this.aside.length > 0 && this.mounted.size + this.aside.length >= maxRootsPerSession) {
      this.aside.shift()?.close()
    }
    if (this.mounted.size >= maxRootsPerSession) throw new LiverootError('too_many_roots')
    if (id >= firstSharedRoot) throw new LiverootError('bad_frame')
    if (path.length > longestMountPath)
      throw new LiverootError('bad_params', 'The path of the root is too long.')
    return new Root(this.session, id, path, routes.match(path), ++this.trees)
  }

  /** Mounts the trees of a snapshot; the browser will mount its roots again. */
  restore(trees: readonly StoredTree[]): void {
    const { routes } = this.session.host
    for (const stored of trees) {
      this.trees = Math.max(this.trees, stored.tree)
      try {
        const root = new Root(
          this.session,
          stored.root,
          stored.path,
          routes.match(stored.path),
          stored.tree,
          stored,
        )
        root.pause()
        this.aside.push(root)
        root.mount()
      } catch (error) {
        // A route that is there no more, or refuses its parameters now: the browser is told when it asks.
        this.session.keeper.dropTree(stored.tree)
        describeError(error, 'restore_failed', this.session.host.onError)
      }
    }
    this.closeAsideLater()
  }

  /** True when React has nothing left to render in them: what was set is in their state. */
  get settled(): boolean {
    for (const { tree } of this.mounted.values()) if (!tree.settled) return false
    return this.aside.every(({ tree }) => tree.settled)
  }

  /** What the components of all trees hold outside; null where one of them cannot sleep now, or there is none. */
  get holdings(): readonly Holding[] | null {
    if (this.mounted.size === 0 || this.aside.length > 0) return null
    const found: Holding[] = []
    for (const root of this.mounted.values()) {
      const { holdings } = root
      if (holdings === null) return null
      found.push(...holdings)
    }
    return found
  }

  /** Unmounts all trees, whose state is stored. */
  sleep(): readonly SleepingRoot[] {
    const all = this.all.map((root) => root.sleep())
    this.mounted.clear()
    return all
  }

  /** Mounts them again, from the snapshot. */
  wakeUp({ roots, standIn }: SleepingTrees, trees: readonly StoredTree[]): void {
    this.standIn = standIn
    for (const { shown, ...asleep } of roots) {
      const slots = trees.find(({ tree }) => tree === asleep.tree)?.slots ?? []
      const { root: id, path, tree } = asleep
      const root = new Root(this.session, id, path, this.session.host.routes.match(path), tree, {
        ...asleep,
        sequence: asleep.sequence - 1,
        slots,
      })
      this.mounted.set(id, root)
      root.wakeUp(shown)
    }
    this.standIn = null
    standIn.releaseSoon()
  }

  /** What the components of a root can use of the server. */
  servicesFor(root: Root): LiveServices {
    const services = this.session.host.sharedRoots.servicesFor(root)
    return this.standIn?.services(services) ?? services
  }

  /** True when some of the trees' state is in no snapshot. */
  get unsaved(): boolean {
    return [...this.mounted.values(), ...this.aside].some(({ tree }) => tree.state?.dirty)
  }

  /** What changed in the state of all trees, or of those that the store has nothing of, since it was asked for last. */
  collectState(changes: EntryChanges, ofNew = false): void {
    for (const root of this.mounted.values()) if (!ofNew || root.isNew) root.collectState(changes)
    for (const root of this.aside) if (!ofNew || root.isNew) root.collectState(changes)
  }

  private refuse(id: number, error: unknown): void {
    const { host } = this.session
    if (error instanceof LiverootError) {
      host.refused(error.code)
      this.sendError(id, refusalOf(error.code, error.message))
    } else this.sendError(id, describeError(error, 'root_failed', host.onError))
  }

  unmount({ root: id }: Message<'unmount'>): void {
    const root = this.mounted.get(id)
    this.mounted.delete(id)
    root?.close()
  }

  /** The tree is gone; the browser shows the error at the boundary around its `LiveRoot`. */
  fail(root: Root, body: ErrorBody): void {
    const isMounted = this.mounted.get(root.id) === root
    if (isMounted) this.mounted.delete(root.id)
    else this.aside = this.aside.filter((each) => each !== root)
    root.close()
    if (isMounted) this.sendError(root.id, body)
  }

  private sendError(root: number, body: ErrorBody): void {
    this.session.wire.send({ type: 'rootError', root, body: JSON.stringify(body) })
  }

  /** There may be room for frames again. */
  wake(): void {
    for (const root of this.mounted.values()) root.wake()
  }

  /** What the guards of routes allowed may not be allowed any more. */
  userChanged(): void {
    for (const root of [...this.mounted.values(), ...this.aside]) root.userChanged()
  }

  /** The browser does not have them any more. Those that it does not mount again are unmounted after a while. */
  setAside(): void {
    clearTimeout(this.asideTimer)
    for (const root of this.mounted.values()) root.pause()
    this.aside.push(...this.mounted.values())
    this.mounted.clear()
    this.closeAsideLater()
  }

  private closeAsideLater(): void {
    if (this.aside.length === 0) return
    const { sessionGraceMs, handshakeTimeoutMs } = this.session.host.limits
    // A browser that is there has the time that it had for its hello, however short it may be away.
    const asideMs = Math.max(sessionGraceMs, handshakeTimeoutMs)
    this.asideTimer = setTimeout(() => {
      // It mounts them when it hears the welcome, which may take as long as it will; who is away has what the store has.
      if (performance.now() - this.session.wire.heardAt < asideMs) this.closeAsideLater()
      else this.closeAside()
    }, asideMs).unref()
  }

  private closeAside(): void {
    clearTimeout(this.asideTimer)
    for (const root of this.aside.splice(0)) root.close()
  }

  close(): void {
    this.closeAside()
    const all = this.all.slice()
    this.mounted.clear()
    for (const root of all) root.close()
  }
}
