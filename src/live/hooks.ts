import { useCallback, useEffect, useEffectEvent } from 'react'
import { useServices } from './services.ts'

/**
 * Calls `onMessage` for every message published to a topic while the component is mounted. The newest `onMessage` is
 * the one called; it may set state.
 *
 * @param topic any text, such as `orders` or `room:42`. Another topic ends the old subscription.
 * @param onMessage gets what was published. All subscribers get the same object: do not change it.
 * @throws `outside_live_tree` in a component that does not run in a live tree.
 */
export function useTopic<T>(topic: string, onMessage: (data: T) => void): void {
  const { topics } = useServices('useTopic')
  const receive = useEffectEvent(onMessage)
  useEffect(() => topics.subscribe(topic, (data) => receive(data as T)), [topics, topic])
}

/**
 * The function that publishes to a topic, for handlers and effects of live components.
 *
 * @returns `publish(topic, data)`; stable for the life of the component. Delivery starts after the current handler.
 * @throws `outside_live_tree` in a component that does not run in a live tree.
 */
export function usePublish(): <T>(topic: string, data: T) => void {
  const { topics } = useServices('usePublish')
  return useCallback((topic, data) => topics.publish(topic, data), [topics])
}
