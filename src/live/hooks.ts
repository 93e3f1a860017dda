import { useCallback, useEffect, useInsertionEffect, useMemo, useState } from 'react'
import { type MessageInfo, useServices } from './services.ts'
import { Subscription } from './subscription.ts'
import { nameOf, type Topic } from './topic.ts'

/** What {@link useTopic} takes beside the topic and the listener. */
export interface UseTopicOptions {
  /**
   * Called when messages may have been missed: the broker or the server was lost, and the topic keeps no history or not
   * enough; or nobody on this server had listened to the topic yet when the component rendered. Load again what the
   * messages changed.
   */
  readonly onGap?: () => void
  /** Begins with the messages that the topic keeps (`history`), instead of those from now on. False by default. */
  readonly replay?: boolean
}

/** Publishes to a topic; see {@link usePublish}. */
export type Publish = <T>(topic: Topic<T> | string, data: NoInfer<T>) => Promise<void>

/**
 * Calls `onMessage` for every message published to a topic from the render on in which the component is mounted. The
 * newest `onMessage` is the one called; it may set state. A component that goes on elsewhere, after a restart or on
 * another server, goes on with the message after the last one that its state has seen.
 *
 * @param topic a text, such as `orders` or `room:42`, or what `topic` made. `room:*` is every topic with one segment
 *   in the place of `*`, `room:**` with one or more. Another topic ends the old subscription.
 * @param onMessage gets what was published, and the topic. All subscribers of a server get the same object: do not
 *   change it.
 * @throws `outside_live_tree` in a component that does not run in a live tree, `bad_topic`.
 */
export function useTopic<T>(
  topic: Topic<T> | string,
  onMessage: (data: T, info: MessageInfo) => void,
  { onGap, replay = false }: UseTopicOptions = noOptions,
): void {
  const { topics } = useServices('useTopic')
  const name = nameOf(topic)
  // Taken before anything is rendered, so that nothing falls between the render and the subscription.
  const [place, setPlace] = useState(() => topics.place(name, replay))
  if (place.topic !== name) setPlace(topics.place(name, replay))
  // Not a ref: what a ref holds keeps its tree from being put aside.
  const subscription = useMemo(newSubscription, nothing)
  useInsertionEffect(() =>
    subscription.committed(topics, place, onMessage as Subscription['onMessage'], onGap),
  )
  // Both are what the effect begins with; it takes them from the commit.
  useEffect(subscription.begin, [topics, place])
}

const noOptions: UseTopicOptions = {}
const nothing: readonly unknown[] = []
const newSubscription = () => new Subscription()

/**
 * The function that publishes to a topic, for handlers and effects of live components.
 *
 * @returns `publish(topic, data)`; stable for the life of the component. Delivery starts after the current handler. It
 *   returns a promise that resolves when the engine of the bus has the message; whoever does not care may ignore it.
 * @throws `outside_live_tree` in a component that does not run in a live tree.
 */
export function usePublish(): Publish {
  const { topics } = useServices('usePublish')
  return useCallback((topic, data) => topics.publish(nameOf(topic), data), [topics])
}
