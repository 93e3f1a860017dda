import { type ComponentType, lazy, type ReactNode, startTransition } from 'react'
import { onServerHalf } from '../../src/testing/react-halves.ts'
import type { Widgets } from './widgets.tsx'

type Setter = (update: unknown) => void

/** A new state, or what makes it of the one before. */
export type Update<S> = S | ((before: S) => S)

/** A change of the components of a name. */
export interface Act {
  readonly name: string
  readonly update: unknown
}

/** Thrown by components on purpose. */
export class Planned extends Error {}

interface Source {
  readonly promise: Promise<void>
  settle(): void
}

/** A value outside React, for `useSyncExternalStore`. */
export class Store {
  private readonly listeners = new Set<() => void>()
  value = 0

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  readonly read = (): number => this.value

  write(value: number): void {
    this.value = value
    for (const listener of [...this.listeners]) listener()
  }
}

/** One of the two worlds that a program runs in: what its components share with the test. */
export class Side {
  private readonly setters = new Map<string, Set<Setter>>()
  private readonly sources = new Map<number, Source>()
  private readonly lazies = new Map<number, ComponentType<{ children?: ReactNode }>>()
  private readonly settled = new Set<number>()
  readonly stores = [new Store(), new Store()]
  /** Effects that ran and were not cleaned up. */
  effects = 0
  /** What handlers were called, with what they had captured. */
  heard: string[] = []
  /** What was done, in order, where it is to be done in the other world too; what is done in one go is one update. */
  acts: Act[][] | null = null
  private isGoing = false

  constructor(
    /** True where components run on a live server. */
    readonly live: boolean,
    readonly widgets: Widgets,
    private readonly failing: readonly number[],
    /** True where something in the program may wait. */
    readonly waits: boolean,
  ) {}

  /** To be called in an effect. */
  register<S>(name: string, setter: (update: S) => void): () => void {
    this.effects++
    const setters = this.setters.get(name) ?? new Set()
    this.setters.set(name, setters)
    setters.add(setter as Setter)
    return () => {
      this.effects--
      setters.delete(setter as Setter)
    }
  }

  /** The names of the components that can be set now, each as often as it is mounted. */
  mounted(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const [name, setters] of this.setters) if (setters.size > 0) counts.set(name, setters.size)
    return counts
  }

  set(name: string, update: unknown): void {
    for (const setter of [...(this.setters.get(name) ?? [])]) setter(update)
  }

  /** To be called by handlers: what they are, and what they captured and were given. */
  hear(what: string): void {
    this.heard.push(what)
  }

  /** What a handler does, and, where that hangs on what it captured, how it is done again in the other world. */
  act<S>(name: string, update: Update<S>, again: Update<S> = update): void {
    if (this.acts !== null) this.note(this.acts, { name, update: again })
    this.update(() => this.set(name, update))
  }

  private note(acts: Act[][], act: Act): void {
    if (this.isGoing) return void acts.at(-1)?.push(act)
    this.isGoing = true
    acts.push([act])
    queueMicrotask(() => {
      this.isGoing = false
    })
  }

  /** A live tree keeps old content when an update suspends, as a transition does. */
  update(change: () => void): void {
    if (this.live) onServerHalf(change)
    else startTransition(change)
  }

  promise(id: number): Promise<void> {
    return this.source(id).promise
  }

  private source(id: number): Source {
    let source = this.sources.get(id)
    if (source === undefined) {
      source = makeSource(this.failing.includes(id) ? new Planned(`promise ${id}`) : null)
      this.sources.set(id, source)
      if (this.settled.has(id)) source.settle()
    }
    return source
  }

  settle(id: number): void {
    this.settled.add(id)
    this.sources.get(id)?.settle()
  }

  /** Promises that were asked for and are not settled. */
  waiting(): number[] {
    return [...this.sources.keys()].filter((id) => !this.settled.has(id)).sort()
  }

  /** Every lazy type has a component of its own: React takes two that load the same one for the same. */
  lazy(id: number): ComponentType<{ children?: ReactNode }> {
    let type = this.lazies.get(id)
    if (type === undefined) {
      type = lazy(async () => {
        await this.promise(id)
        return { default: ({ children }: { children?: ReactNode }) => children }
      })
      this.lazies.set(id, type)
    }
    return type
  }

  // Promises among the children must be the same ones in every render.
  private readonly children = new Map<object, Map<number, Promise<unknown>>>()

  child(id: number, owner: object, content: () => unknown): Promise<unknown> {
    const known = this.children.get(owner) ?? new Map<number, Promise<unknown>>()
    this.children.set(owner, known)
    let child = known.get(id)
    if (child === undefined) {
      child = this.promise(id).then(content)
      child.catch(() => {})
      known.set(id, child)
    }
    return child
  }
}

function makeSource(failure: Error | null): Source {
  let settle = () => {}
  const promise = new Promise<void>((resolve, reject) => {
    settle = () => (failure === null ? resolve() : reject(failure))
  })
  promise.catch(() => {})
  return { promise, settle }
}
