import type { ReactElement } from 'react'
import createReconciler from 'react-reconciler'
import { withOwnActions } from './async-actions.ts'
import { hostConfig } from './host-config.ts'
import type { LiveTree } from './tree.ts'

const concurrentRoot = 1

export interface RootErrorHandlers {
  onUncaughtError(error: unknown, info: { componentStack?: string | null }): void
  onCaughtError(error: unknown, info: { componentStack?: string | null }): void
  onRecoverableError(error: unknown): void
}

/** A React root whose container is a live tree: React's own object, of which this is used. */
export interface Container {
  /** What is set and not yet rendered, as bits; 0 where there is nothing. */
  readonly pendingLanes: number
}

// The published types lag behind the reconciler: these are the members used, as version 0.34 has them.
interface Reconciler {
  createContainer(
    tree: LiveTree,
    tag: number,
    hydrationCallbacks: null,
    isStrictMode: boolean,
    concurrentUpdatesByDefault: null,
    identifierPrefix: string,
    onUncaughtError: RootErrorHandlers['onUncaughtError'],
    onCaughtError: RootErrorHandlers['onCaughtError'],
    onRecoverableError: RootErrorHandlers['onRecoverableError'],
    onDefaultTransitionIndicator: () => void,
  ): Container
  updateContainerSync(element: ReactElement | null, container: Container, parent: null, callback: null): void
  flushSyncWork(): boolean
}

const reconciler = withOwnActions(() => createReconciler(hostConfig as never) as unknown as Reconciler)

export function createContainer(
  tree: LiveTree,
  identifierPrefix: string,
  handlers: RootErrorHandlers,
): Container {
  return reconciler.createContainer(
    tree,
    concurrentRoot,
    null,
    false,
    null,
    identifierPrefix,
    handlers.onUncaughtError,
    handlers.onCaughtError,
    handlers.onRecoverableError,
    () => {},
  )
}

/** Renders at once, effects included; null unmounts. Other roots with pending sync work are rendered too. */
export function renderSync(element: ReactElement | null, container: Container): void {
  reconciler.updateContainerSync(element, container, null, null)
  reconciler.flushSyncWork()
}
