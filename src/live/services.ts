import { createContext, use } from 'react'
import { LiverootError } from '../errors.ts'
import type { SharedTrees } from './shared.ts'

/** Messages by topic, as live components see them; the server gives the engine. */
export interface Topics {
  publish(topic: string, data: unknown): void
  /** Returns the function that ends the subscription. */
  subscribe(topic: string, listener: (data: unknown) => void): () => void
}

/** What a live tree can use of the server it runs in. */
export interface LiveServices {
  readonly topics: Topics
  readonly shared: SharedTrees
}

/** Put around every root component. */
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
