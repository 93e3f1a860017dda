import {
  createContext,
  type ReactNode,
  startTransition,
  use,
  useInsertionEffect,
  useLayoutEffect,
  useState,
} from 'react'
import { absent, type SlotContent, type SlotStore, slotMark } from './slot-store.ts'

/** The slots of the live root around. */
export const StoreContext = createContext<SlotStore | null>(null)

interface Shown {
  readonly store: SlotStore
  readonly id: number
  readonly content: SlotContent
}

/** A hole of a template: shows the slot that fills it, and suspends while there is none. */
export function Slot({ id }: { id?: number }): ReactNode {
  const store = use(StoreContext)
  if (store === null) throw new Error('Liveroot: a Slot was rendered outside a LiveRoot.')
  const known = id ?? noSlot
  const [last, show] = useState<Shown>(() => look(store, known))
  const shown = last.store === store && last.id === known ? last : look(store, known)
  // An insertion effect, for it stays in place while a Suspense or Activity hides the slot: updates must not be missed.
  useInsertionEffect(
    () => store.subscribe(known, shown.content, (content) => show({ store, id: known, content })),
    [store, known],
  )
  useLayoutEffect(() => {
    const now = look(store, known)
    if (now.content !== shown.content && now.content !== absent) startTransition(() => show(now))
  }, [store, known])
  use(shown.content === absent ? store.arrival(known) : arrived)
  return shown.content === absent ? null : shown.content
}

Object.assign(Slot, { [slotMark]: true })

/** React wants `use` in every render or in none; this one never waits. */
const arrived = Object.assign(Promise.resolve(), { status: 'fulfilled', value: undefined })

/** The id of a hole in which no component stands yet. It never arrives: the template will name another. */
const noSlot = -2

function look(store: SlotStore, id: number): Shown {
  return { store, id, content: store.read(id) }
}
