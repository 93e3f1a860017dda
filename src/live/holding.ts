import type { PresenceMember } from './presence.ts'
import type { Place, TopicListener } from './services.ts'

/** A topic that a component listens to. */
export interface HeldTopic {
  readonly pattern: string
  /** When the newest message came, as `performance.now()` tells. */
  readonly heardAt: number
  /** Remembers where the topic stands, for components that go on from here, and calls back with every message. */
  watch(heard: () => void): WatchedTopic
}

export interface WatchedTopic {
  /** Resolves when everybody has had what was published before. */
  readonly settled: Promise<void>
  /** Subscribes with all that came since. Returns the function that ends the subscription. */
  join(place: Place, listener: TopicListener): () => void
  release(): void
}

/** Holds what the components of a tree hold outside, while the tree sleeps. */
export interface StandIn {
  topic(topic: HeldTopic): void
  /** Somebody who looks on where others are present. */
  onlooker(topic: string): void
  /** A place of somebody who is present; `member` leaves when all who hold it have left it. */
  member(topic: string, key: string, member: PresenceMember): void
  /** Somebody who hears of changes. `hear` returns the function that ends it. */
  listener(hear: (heard: () => void) => () => void): void
}

/** Something outside that a component holds, and that can be held in its place. */
export interface Holding {
  handOver(to: StandIn): void
}

const holding = Symbol('liveroot.holding')

type Cleanup = (() => void) & { [holding]?: Holding }

/** Says of the function that lets something go what that is. */
export function letsGo(cleanup: () => void, of: Holding): () => void {
  ;(cleanup as Cleanup)[holding] = of
  return cleanup
}

/** What a cleanup of an effect lets go; undefined where that is not known. */
export function holdingOf(cleanup: () => void): Holding | undefined {
  return (cleanup as Cleanup)[holding]
}
