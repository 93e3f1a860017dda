import { Fragment, type ReactElement, Suspense } from 'react'
import { jsx, jsxs } from 'react/jsx-runtime'
import { AsyncActions, inTransition, WaitForActions } from './async-actions.ts'
import { holeElement } from './hole-element.ts'
import { isAction } from './path.ts'
import { type Container, createContainer, renderSync } from './reconciler.ts'
import { Hole } from './template.ts'
import type { LiveTree } from './tree.ts'
import type { TreeObserver } from './tree-observer.ts'

/** The hole of the root component, in the template of a tree's top. */
export const rootHole = new Hole('root', null)

/** React's side of a live tree: its root, what is rendered into it, and what becomes of errors that nobody catches. */
export class TreeShell {
  readonly container: Container
  mounted = false
  private readonly actions = new AsyncActions(() => this.waitForActions())
  private element: ReactElement | null = null
  /** True while it is mounted with stored state: one that fails then is mounted again without. */
  private restores = false
  private failure: { readonly error: unknown } | null = null

  constructor(
    private readonly tree: LiveTree,
    private readonly observer: TreeObserver,
    identifierPrefix: string,
  ) {
    this.container = createContainer(tree, identifierPrefix, {
      onUncaughtError: (error, info) => this.fail(error, info.componentStack ?? ''),
      onCaughtError: (error, info) => observer.caught(error, info.componentStack ?? ''),
      onRecoverableError: (error) => observer.caught(error, ''),
    })
  }

  mount(element: ReactElement, around: (inner: ReactElement) => ReactElement): void {
    this.mounted = true
    const { state, top } = this.tree
    this.restores = state !== null && state.restoring !== null
    this.render(element, around)
    const { failure } = this
    this.restores = false
    if (failure === null) return
    this.failure = null
    // What was stored may have made it throw.
    state?.restoreFailed(null, failure.error)
    state?.giveUp()
    top.stored = null
    this.render(element, around)
  }

  private render(element: ReactElement, around: (inner: ReactElement) => ReactElement): void {
    const stored = this.tree.top.stored?.children.get(rootHole.path)
    const inner = holeElement(element, 'element', 'LiveRoot', stored)
    this.element = jsx(Suspense, { fallback: null, children: around(inner) }, rootHole.path)
    renderSync(this.element, this.container)
  }

  /**
   * Most trees never start an async action, so what waits for one is put in with the first. In a boundary of its own: React
   * renders what has failed once more, with all that is under way, and shows the error; without the boundary that, and
   * every update from then on, would wait for the action.
   */
  private waitForActions(): void {
    if (!this.mounted) return
    const children = jsx(WaitForActions, { actions: this.actions })
    const wait = jsx(Suspense, { fallback: null, children }, 'actions')
    renderSync(jsxs(Fragment, { children: [wait, this.element] }), this.container)
  }

  unmount(): void {
    this.mounted = false
    renderSync(null, this.container)
  }

  /** Calls a function of the tree; in a transition where the browser runs it as the action of a form. */
  run(path: string, call: () => unknown): unknown {
    return this.actions.run(isAction(path) ? () => inTransition(call) : call)
  }

  private fail(error: unknown, componentStack: string): void {
    if (this.restores) {
      this.failure ??= { error }
      return
    }
    // React has unmounted everything by now, or is about to; the owner decides what becomes of the root.
    this.observer.failed(error, componentStack)
  }
}
