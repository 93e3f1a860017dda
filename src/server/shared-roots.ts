import { createHash } from 'node:crypto'
import type { ErrorCode } from '../errors.ts'
import { letsGo } from '../live/holding.ts'
import type { Presence } from '../live/presence.ts'
import type { LiveServices, Topics } from '../live/services.ts'
import type { HeldPlace, SharedDefinition, SharedRequest, SharedTrees } from '../live/shared.ts'
import { SharedPlace } from '../live/shared-place.ts'
import { firstSharedRoot } from '../protocol/shared-roots.ts'
import type { Bus } from './bus.ts'
import { describeError, type OnError } from './errors-out.ts'
import type { ClientModuleMap } from './flight/client-manifest.ts'
import type { KeeperHost } from './keeper-host.ts'
import type { LiveLimits } from './limits.ts'
import { Peers } from './peers.ts'
import { sharedServersTopic } from './shared-messages.ts'
import { SharedRoot } from './shared-root.ts'

/** What shared roots use of their server. */
export interface SharedHost {
  readonly topics: Topics
  readonly presence: Presence
  readonly onError: OnError
  /** Where the browser finds client modules. */
  modules(): ClientModuleMap
}

/** How long the owner of a shared root may be silent, where the application does not say. */
export const defaultSharedLeaseMs = 5_000

interface SharedRootsHost extends SharedHost {
  readonly limits: Readonly<LiveLimits>
  /** What carries the shared roots of several servers. */
  readonly bus: Bus
  /** How long the owner of a shared root may be silent. */
  readonly sharedLeaseMs: number
  /** Where state outlives the servers that have it. */
  readonly keeping: KeeperHost
}

/** A root, private or shared, with places of shared roots in its tree. */
export interface Holder {
  /** Its viewers see that root too. */
  show(root: SharedRoot): void
  /** A place of that root is gone from its tree. `gone` is to be called when it is gone from the screens. */
  hide(root: SharedRoot, gone: () => void): void
}

/** The shared roots of a server, by component and key. */
export class SharedRoots {
  private readonly byDefinition = new Map<SharedDefinition, Map<string, SharedRoot>>()
  private lastId = firstSharedRoot - 1
  /** Their numbers must not be those of any session. */
  private lastStream = firstSharedRoot - 1
  private readonly steps: (() => void)[] = []
  /** True when the server ends. */
  closing = false
  /** What is to be stored before it has ended. */
  readonly leaving: Promise<unknown>[] = []

  /** The servers that share roots with this one; null where it is alone. */
  readonly cluster: Peers | null

  constructor(readonly host: SharedRootsHost) {
    const { bus, sharedLeaseMs, onError } = host
    const report = (code: ErrorCode) => (error: unknown) =>
      void describeError(error, code, onError, { route: 'shared' })
    this.cluster = bus.alone
      ? null
      : new Peers({
          bus,
          topic: sharedServersTopic,
          leaseMs: sharedLeaseMs,
          onBadMessage: report('bad_message'),
          onError: report('publish_failed'),
        })
  }

  /** What the components of a root can use of the server. */
  servicesFor(holder: Holder): LiveServices {
    const shared: SharedTrees = { place: (request) => new Place(this, holder, request) }
    return { topics: this.host.topics, presence: this.host.presence, shared, session: null }
  }

  /** The root of a request; a new one where there is none. */
  open(request: SharedRequest): SharedRoot {
    const { definition, key } = request
    let roots = this.byDefinition.get(definition)
    if (roots === undefined) {
      roots = new Map()
      this.byDefinition.set(definition, roots)
    }
    let root = roots.get(key)
    if (root === undefined) {
      root = new SharedRoot(this, this.idOf(request), request)
      roots.set(key, root)
    }
    return root
  }

  /** Places in the content of one root name others by their numbers: all servers must have the same ones. */
  private idOf(request: SharedRequest): number {
    if (this.cluster === null) return ++this.lastId
    return firstSharedRoot + digestOf(request).readUIntBE(0, 6)
  }

  forget(root: SharedRoot): void {
    const { definition, key } = root.request
    const roots = this.byDefinition.get(definition)
    if (roots?.get(key) !== root) return
    roots.delete(key)
    if (roots.size === 0) this.byDefinition.delete(definition)
  }

  nextStream(): number {
    return ++this.lastStream
  }

  /** Does a step when React is not at work, and before anything is flushed. */
  later(step: () => void): void {
    this.steps.push(step)
    if (this.steps.length === 1) queueMicrotask(() => this.takeSteps())
  }

  takeSteps(): void {
    for (let step = this.steps.shift(); step !== undefined; step = this.steps.shift()) step()
  }

  /** Resolves when the state that outlives the server is stored. */
  async close(): Promise<void> {
    this.closing = true
    for (const roots of [...this.byDefinition.values()]) for (const root of [...roots.values()]) root.close()
    this.cluster?.close()
    await Promise.all(this.leaving)
  }
}

/** Names an instance to all servers. */
export function digestOf({ definition, key }: SharedRequest): Buffer {
  return createHash('sha256').update(`${definition.id}\n${key}`).digest()
}

class Place extends SharedPlace implements HeldPlace {
  private root: SharedRoot | undefined

  constructor(
    private readonly roots: SharedRoots,
    private readonly holder: Holder,
    private readonly request: SharedRequest,
  ) {
    super()
  }

  get id(): number {
    return this.root?.id ?? 0
  }

  hold(onFailure: (error: unknown) => void): () => void {
    const { roots, holder } = this
    const root = roots.open(this.request)
    this.root = root
    const letGo = root.hold(onFailure)
    roots.later(() => {
      root.mount()
      holder.show(root)
    })
    // Who holds it in the place of the component, sees it as before.
    return letsGo(() => roots.later(() => holder.hide(root, letGo)), {
      handOver: (to) => to.listener((heard) => this.hold(heard)),
    })
  }
}
