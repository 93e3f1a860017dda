import {
  createContext,
  type ReactNode,
  startTransition,
  use,
  useInsertionEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import type { ClientRoot, RootView } from './root.ts'
import type { RootListener } from './screens.ts'
import { Slot, StoreContext } from './slot.tsx'
import { type SlotStore, sharedMark, topSlot } from './slot-store.ts'

/** What the outlets of a shared root show, and where that comes from. */
interface Outlets {
  readonly contents: Readonly<Record<string, ReactNode>>
  readonly store: SlotStore | null
  readonly around: Outlets | null
}

const OutletsContext = createContext<Outlets | null>(null)

interface SharedViewProps {
  /** The name that no prop of the author's has. */
  readonly '': ClientRoot
  readonly [outlet: string]: unknown
}

/** The place of a shared root in the content of another root. The other props are what its outlets show. */
export function SharedView({ '': root, ...contents }: SharedViewProps): ReactNode {
  const store = use(StoreContext)
  const around = use(OutletsContext)
  return (
    <OutletsContext value={{ contents: contents as Outlets['contents'], store, around }}>
      <RootContent root={root} />
    </OutletsContext>
  )
}

Object.assign(SharedView, { [sharedMark]: true })

interface Shown {
  readonly root: ClientRoot
  readonly view: RootView
}

/** After a reconnect another root may stand in the same place: it takes over what is on screen. */
function RootContent({ root }: { root: ClientRoot }): ReactNode {
  const [last, show] = useState<Shown>({ root, view: root.view })
  // Set in transitions only, so that its value on screen tells which of them React has finished.
  const [lastFinished, finish] = useState(last)
  const [since, restart] = useState<Shown | null>(null)
  const { view } = last.root === root ? last : root
  const { view: finished } = lastFinished.root === root ? lastFinished : root
  const hear = useMemo<RootListener>(
    () => (next, update) => {
      if (update === 'restart') return restart({ root, view: next })
      show({ root, view: next })
      if (update === 'transition') finish({ root, view: next })
    },
    [root],
  )
  // An insertion effect, for it stays in place while a Suspense around hides the component.
  useInsertionEffect(() => root.listen(hear), [root, hear])
  useLayoutEffect(() => {
    if (root.view !== view) startTransition(() => hear(root.view, 'transition'))
  }, [root, hear])
  useLayoutEffect(() => root.committed(hear, view, finished), [root, hear, view, finished])
  useInsertionEffect(() => {
    if (since?.root === root) root.rendersSince(hear, since.view)
  }, [root, hear, since])
  if (view.error !== null) throw view.error
  return (
    <StoreContext value={view.store}>
      <Slot id={topSlot} />
    </StoreContext>
  )
}

/** Where a shared root has what is the viewer's own: with the slots, and the outlets, of where that was written. */
export function Outlet({ name }: { name: string }): ReactNode {
  const outlets = use(OutletsContext)
  if (outlets === null) throw new Error('Liveroot: an Outlet was rendered outside a shared root.')
  return (
    <StoreContext value={outlets.store}>
      <OutletsContext value={outlets.around}>{outlets.contents[name]}</OutletsContext>
    </StoreContext>
  )
}
