import { use, useCallback, useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react'
import { LiverootError } from '../errors.ts'
import { type Holding, letsGo } from './holding.ts'
import { ServicesContext, useServices } from './services.ts'
import { nameOf, type Topic } from './topic.ts'

/** Somebody who is here. */
export interface PresenceEntry<Meta> {
  /** Names them: all of their tabs have the same. */
  readonly key: string
  /** What each of their tabs, or other places where the component is mounted, has said of itself; the oldest first. */
  readonly metas: readonly Meta[]
}

/** What {@link usePresence} takes beside the topic and the meta. */
export interface UsePresenceOptions<Meta> {
  /**
   * Who this is. The `id` of the session's user by default, if it is a text or a number; else the session. Must be given
   * in a shared component.
   */
  readonly key?: string
  /** Called when somebody is here who was not, this one too; not for those who were here before the component. */
  readonly onJoin?: (entry: PresenceEntry<Meta>) => void
  /** Called when the last place of somebody has left, with what it had said. */
  readonly onLeave?: (entry: PresenceEntry<Meta>) => void
}

/** What a component that is present holds. Whoever it is handed over to holds it too. */
export interface PresenceMember extends Holding {
  /** Says something else of this place. */
  update(meta: unknown): void
  /** Not held here any more; once it is held nowhere, it is gone. */
  leave(): void
}

/** Hears of those who come and go. */
export interface PresenceListener {
  /** The entries are others than before. */
  changed(): void
  joined(entry: PresenceEntry<unknown>): void
  left(entry: PresenceEntry<unknown>): void
}

/** Who is where, as live components see it. */
export interface Presence {
  entries(topic: string): readonly PresenceEntry<unknown>[]
  watch(topic: string, listener: PresenceListener): () => void
  join(topic: string, key: string, meta: unknown): PresenceMember
}

/**
 * Who is here: everybody whose live tree has a component mounted with the same topic, on any server of the bus. Those of
 * a server that was killed leave when its lease is over (`presenceLeaseMs`).
 *
 * @param topic what they are present at, such as `room:42`, or what `topic` made.
 * @param meta what this place says of itself, such as `{ name, typing }`: values that can leave the process. A change is
 *   told to the others. With `null` the component looks on and is not here itself.
 * @returns an entry per key, in the order in which they came, which is the same on every server; the same array until something changes. It does not have
 *   this component itself before its effects have run.
 * @throws `outside_live_tree` in a component that does not run in a live tree, `bad_topic`, `no_presence_key` in a shared
 *   component without `key`.
 */
export function usePresence<Meta>(
  topic: Topic<unknown> | string,
  meta: Meta | null,
  options: UsePresenceOptions<Meta> = {},
): readonly PresenceEntry<Meta>[] {
  const { presence } = useServices('usePresence')
  const name = nameOf(topic)
  const key = usePresenceKey(options.key, meta === null)
  const joined = useEffectEvent((entry: PresenceEntry<unknown>) =>
    options.onJoin?.(entry as PresenceEntry<Meta>),
  )
  const left = useEffectEvent((entry: PresenceEntry<unknown>) =>
    options.onLeave?.(entry as PresenceEntry<Meta>),
  )
  const subscribe = useCallback(
    (changed: () => void) =>
      presence.watch(name, { changed, joined: (entry) => joined(entry), left: (entry) => left(entry) }),
    [presence, name],
  )
  const entries = useSyncExternalStore(subscribe, () => presence.entries(name))
  useMember(presence, name, key, meta)
  return entries as readonly PresenceEntry<Meta>[]
}

function useMember(presence: Presence, topic: string, key: string, meta: unknown): void {
  const member = useRef<PresenceMember | null>(null)
  const here = meta !== null
  const newest = useEffectEvent(() => meta)
  useEffect(() => {
    if (!here) return
    const own = presence.join(topic, key, newest())
    member.current = own
    const leave = () => {
      member.current = null
      own.leave()
    }
    return letsGo(leave, own)
  }, [presence, topic, key, here])
  useEffect(() => {
    if (meta !== null) member.current?.update(meta)
  }, [meta])
}

function usePresenceKey(given: string | undefined, looksOn: boolean): string {
  const session = use(ServicesContext)?.session?.current
  if (given !== undefined || looksOn) return given ?? ''
  if (session === undefined) throw new LiverootError('no_presence_key')
  const id = (session.user as { id?: unknown } | null)?.id
  return typeof id === 'string' || typeof id === 'number' ? String(id) : session.id
}
