import { ClientRoot } from './root.ts'
import type { RootHost } from './root-host.ts'

/** What shared roots use of their session. */
export interface SharedRootsHost extends RootHost {
  /** The server has all roots of the page, as far as is known. */
  readonly shown: boolean
  /** Another root stands for the same tree: the calls that were made on the one before are for it. */
  goesOn(before: ClientRoot, root: ClientRoot): void
  /** Nobody has that tree any more. */
  treeLost(root: ClientRoot): void
}

/**
 * The shared roots of a session, by the numbers that its server gives them. After a restart each is another one, for the
 * server may have given its number to another tree; where the tree is the same, the calls on it go on.
 */
export class SharedRoots {
  private readonly current = new Map<number, ClientRoot>()
  /** Those of before a restart, while it is not known what became of their trees. */
  private readonly former = new Map<number, ClientRoot>()

  constructor(private readonly host: SharedRootsHost) {}

  get(id: number): ClientRoot {
    let root = this.current.get(id)
    if (root === undefined) {
      root = new ClientRoot(this.host, id, '')
      this.current.set(id, root)
    }
    return root
  }

  get all(): Iterable<ClientRoot> {
    return this.current.values()
  }

  /** The server shows it to this browser no more, for no root here has a place for it. */
  leave(id: number): void {
    this.current.get(id)?.close()
    this.current.delete(id)
  }

  /** Everything comes anew. */
  restart(): void {
    for (const [id, root] of this.current) {
      root.restart()
      // What has shown nothing yet stands for the one before.
      if (root.treeName === null) root.close()
      else this.former.set(id, root)
    }
    this.current.clear()
  }

  /** A root has shown something. */
  shown(root: ClientRoot): void {
    if (this.former.size === 0) return
    const before = this.former.get(root.id)
    if (before !== undefined && this.current.get(root.id) === root && root.treeName !== null) {
      this.former.delete(root.id)
      if (before.treeName === root.treeName) before.successor = root
      this.end(before)
    }
    // What has no place in all that there is, has none.
    if (this.host.shown && [...this.current.values()].every(({ hasShown }) => hasShown)) this.forget()
  }

  /** What was before a restart does not go on. */
  forget(): void {
    const all = [...this.former.values()]
    this.former.clear()
    for (const root of all) this.end(root)
  }

  private end(before: ClientRoot): void {
    before.close()
    if (before.successor === null) this.host.treeLost(before)
    else this.host.goesOn(before, before.successor)
  }
}
