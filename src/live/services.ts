import { createContext, use } from 'react'
import { LiverootError } from '../errors.ts'
import type { Presence } from './presence.ts'
import type { SessionSource } from './session.ts'
import type { SharedTrees } from './shared.ts'

/** Messages by topic, as live components see them; the server gives the engine. */
export interface Topics {
  /** Resolves when the engine has the message. A rejection that nobody handles is reported, and harms nothing. */
  publish(topic: string, data: unknown): Promise<void>
  /** Takes the place from which a component that is being rendered will listen. */
  place(pattern: string, replay: boolean): Place
  /** Returns the function that ends the subscription. The place moves on with every message. */
  subscribe(place: Place, listener: TopicListener): () => void
}

/** How far a component has come in a topic. It lives in the component's state, and so outlives the server with it. */
export interface Place {
  readonly topic: string
  position: string | null
}

export interface TopicListener {
  message(data: unknown, info: MessageInfo): void
  gap(): void
}

/** What is known of a message beside what is in it. */
export interface MessageInfo {
  /** The topic that it was published to, where the component listens to a pattern. */
  readonly topic: string
}

/** What a live tree can use of the server it runs in. */
export interface LiveServices {
  readonly topics: Topics
  readonly presence: Presence
  readonly shared: SharedTrees
  /** The session that sees the tree; null for a shared one, which many sessions see. */
  readonly session: SessionSource | null
}

/**
 * Put around every root component. The one context that is: React comes by each of them at every update of the tree.
 */
export const ServicesContext = createContext<LiveServices | null>(null)

/** @throws `outside_live_tree` when the component does not run in a live tree. */
export function useServices(hook: string): LiveServices {
  const services = use(ServicesContext)
  if (services === null) {
    throw new LiverootError(
      'outside_live_tree',
      `${hook} was called in a component that does not run in a live tree. Is it imported by a 'use client' module?`,
    )
  }
  return services
}
