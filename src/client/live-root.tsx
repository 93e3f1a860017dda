import {
  type ReactNode,
  startTransition,
  use,
  useEffect,
  useInsertionEffect,
  useLayoutEffect,
  useState,
} from 'react'
import { LiverootError } from '../errors.ts'
import { fillPattern, type ParamNames, type ParamValue } from '../protocol/mount-path.ts'
import { ClientContext, type LiveClient, sessionOf } from './live-client.ts'
import type { ClientRoot, RootView } from './root.ts'
import type { RootListener, ViewUpdate } from './screens.ts'
import { Slot, StoreContext } from './slot.tsx'
import { topSlot } from './slot-store.ts'

/** What {@link LiveRoot} takes. */
export type LiveRootProps<Route extends string = string> = {
  /** A path such as `/rooms/42`, or a pattern such as `/rooms/:id` whose parameters are in `params`. */
  readonly route: Route
} & ([ParamNames<Route>] extends [never]
  ? { readonly params?: Readonly<Record<string, ParamValue | undefined>> }
  : {
      readonly params: Readonly<
        Record<ParamNames<Route>, ParamValue> & Record<string, ParamValue | undefined>
      >
    })

/**
 * Shows a live component of the server, and keeps it in step.
 *
 * It suspends until the first output is there: the `Suspense` around it shows its fallback. When the route changes, the
 * old output stays until the new one is ready (give it a `key` to start afresh instead). An error that no boundary on
 * the server caught is thrown here, to the nearest error boundary; mounting again tries again. All `LiveRoot`s of a
 * page share one connection.
 *
 * @throws `unknown_route`, `bad_params`, `forbidden` (`details` may have `redirect`), `too_many_roots`, `root_failed` (with a digest; the message only in
 *   development) and `bad_params_given` when a parameter of the pattern is missing.
 */
export function LiveRoot<const Route extends string>(props: LiveRootProps<Route>): ReactNode {
  const client = use(ClientContext)
  const path = pathOf(props)
  const [holder] = useState(() => new RootHolder())
  const [shown, show] = useState<Shown | null>(null)
  // Set in transitions only, so that its value on screen tells which of them React has finished.
  const [finished, finish] = useState<RootView | null>(null)
  // Set outside of them only: on screen, it tells that no render is under way that is older.
  const [since, restart] = useState<Shown | null>(null)

  // An insertion effect, for it stays in place while a Suspense around hides the component.
  useInsertionEffect(
    () =>
      holder.listen((root, view, update) => {
        if (update === 'restart') return restart({ root, view })
        show({ root, view })
        if (update === 'transition') finish(view)
      }),
    [holder],
  )
  useLayoutEffect(() => {
    const root = holder.hold(client, path)
    // With nothing on screen yet this renders again before the browser paints, and suspends.
    if (shown === null) show({ root, view: root.view })
    else if (root !== shown.root) startTransition(() => show({ root, view: root.view }))
  }, [client, path])
  useEffect(() => holder.keep(), [holder])
  useLayoutEffect(() => {
    if (shown !== null && finished !== null) holder.committed(shown, finished)
  }, [shown, finished])
  useInsertionEffect(() => {
    if (since !== null) holder.rendersSince(since)
  }, [holder, since])

  if (shown === null) return null
  if (shown.view.error !== null) throw shown.view.error
  return (
    <StoreContext value={shown.view.store}>
      <Slot id={topSlot} />
    </StoreContext>
  )
}

interface Shown {
  readonly root: ClientRoot
  readonly view: RootView
}

type Listener = (root: ClientRoot, view: RootView, update: ViewUpdate) => void

function pathOf({
  route,
  params,
}: {
  route: string
  params?: Readonly<Record<string, ParamValue | undefined>>
}): string {
  const filled = fillPattern(route, params)
  if (filled.missing === undefined) return filled.path
  throw new LiverootError(
    'bad_params_given',
    `<LiveRoot route="${route}"> needs the parameter "${filled.missing}" in \`params\`.`,
  )
}

interface Held {
  readonly root: ClientRoot
  readonly client: LiveClient | null
  readonly path: string
  readonly listener: RootListener
}

/**
 * The live root of one mounted `LiveRoot`. Opened by its first effect and not while rendering, for React may throw a
 * render away; kept by an effect that stays while a Suspense around hides the component.
 */
class RootHolder {
  private held: Held | null = null
  private kept = false
  private listener: Listener | null = null

  listen(listener: Listener): () => void {
    this.listener = listener
    return () => {
      this.listener = null
    }
  }

  hold(client: LiveClient | null, path: string): ClientRoot {
    const { held } = this
    if (held !== null && held.client === client && held.path === path && !held.root.closed) return held.root
    const root = sessionOf(client).mount(path)
    if (this.kept) {
      root.retain()
      held?.root.release()
    }
    const listener: RootListener = (view, update) => {
      if (this.held?.root === root) this.listener?.(root, view, update)
    }
    root.listen(listener)
    this.held = { root, client, path, listener }
    return root
  }

  committed({ root, view }: Shown, finished: RootView): void {
    if (this.held?.root === root) root.committed(this.held.listener, view, finished)
  }

  rendersSince({ root, view }: Shown): void {
    if (this.held?.root === root) root.rendersSince(this.held.listener, view)
  }

  keep(): () => void {
    this.kept = true
    this.held?.root.retain()
    return () => {
      this.kept = false
      this.held?.root.release()
    }
  }
}
