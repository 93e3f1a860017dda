import { createContext } from 'react'
import { DefaultEventPriority, DiscreteEventPriority, NoEventPriority } from 'react-reconciler/constants.js'
import { rendering } from './rendering.ts'
import { Slot } from './slot.ts'
import type { Output } from './template.ts'
import type { LiveTree } from './tree.ts'

const hostComponent = 5
const fragment = 7
const hostRoot = 3

interface Fiber {
  readonly tag: number
  readonly key: string | null
  readonly return: Fiber | null
}

/** The hole that a slot fills: the key of the outermost component between it and the slot above. */
function holeOf(fiber: Fiber): string {
  let hole = ''
  for (let each: Fiber | null = fiber; each !== null; each = each.return) {
    if (each !== fiber && (each.tag === hostComponent || each.tag === hostRoot)) break
    // A fragment is a group of the slot's components, and no component.
    if (each.key !== null && each.tag !== fragment) hole = each.key
  }
  return hole
}

const hostContext = {}
let currentPriority: number = NoEventPriority

function doNothing(): void {}

/**
 * The host of the reconciler: its only host type is `slot`, and placing a slot is attaching it to the tree. Where a
 * slot stands among its siblings is the template's affair, so every kind of insertion is the same.
 *
 * Everything runs in the sync lane: the default lane makes React walk its list of scheduled roots after every commit,
 * which is quadratic in the number of roots.
 */
export const hostConfig = {
  rendererPackageName: 'liveroot',
  rendererVersion: '0.1.0',
  extraDevToolsConfig: null,
  isPrimaryRenderer: false,
  warnsIfNotActing: false,
  supportsMutation: true,
  supportsPersistence: false,
  supportsHydration: false,
  supportsMicrotasks: true,
  scheduleMicrotask: queueMicrotask,
  // React waits with this before it reveals suspended content, to avoid flicker; the browser's React does that again.
  scheduleTimeout: (callback: () => void) => setTimeout(callback, 0),
  cancelTimeout: clearTimeout,
  noTimeout: -1,

  createInstance(_type: string, output: Output, tree: LiveTree, _context: object, fiber: Fiber): Slot {
    return new Slot(tree, holeOf(fiber), output)
  },
  createTextInstance(text: string): never {
    throw new Error(`Liveroot: text "${text}" reached the reconciler outside a slot.`)
  },
  appendInitialChild: (parent: Slot, child: Slot) => parent.adopt(child),
  finalizeInitialChildren: () => false,
  shouldSetTextContent: () => false,
  // Called first whenever React renders something of a tree.
  getRootHostContext(tree: LiveTree): object {
    rendering.state = tree.state
    return hostContext
  },
  getChildHostContext: () => hostContext,
  getPublicInstance: (slot: Slot) => slot,

  prepareForCommit: () => null,
  resetAfterCommit: (tree: LiveTree) => tree.committed(),
  appendChild: (parent: Slot, child: Slot) => parent.tree.attach(parent, child),
  insertBefore: (parent: Slot, child: Slot) => parent.tree.attach(parent, child),
  appendChildToContainer: (tree: LiveTree, child: Slot) => tree.attach(tree.top, child),
  insertInContainerBefore: (tree: LiveTree, child: Slot) => tree.attach(tree.top, child),
  removeChild: (parent: Slot, child: Slot) => parent.tree.detach(parent, child),
  removeChildFromContainer: (tree: LiveTree, child: Slot) => tree.detach(tree.top, child),
  clearContainer: doNothing,
  commitUpdate(slot: Slot, _type: string, before: Output, output: Output): void {
    slot.output = output
    slot.tree.touch(slot)
    slot.tree.state?.updated(slot, before)
  },
  commitMount: doNothing,
  resetTextContent: doNothing,
  detachDeletedInstance: doNothing,
  // Hidden content stays on screen until its replacement is ready; the browser's Suspense and Activity do the hiding.
  hideInstance: (slot: Slot) => slot.tree.hold(slot),
  unhideInstance: (slot: Slot) => slot.tree.letGo(slot),
  hideTextInstance: doNothing,
  unhideTextInstance: doNothing,

  setCurrentUpdatePriority(priority: number): void {
    currentPriority = priority
  },
  getCurrentUpdatePriority: () => currentPriority,
  resolveUpdatePriority: () =>
    currentPriority === NoEventPriority ? DiscreteEventPriority : currentPriority,
  shouldAttemptEagerTransition: () => false,
  trackSchedulerEvent: doNothing,
  resolveEventType: () => null,
  resolveEventTimeStamp: () => -1.1,
  requestPostPaintCallback: doNothing,

  maySuspendCommit: () => false,
  maySuspendCommitOnUpdate: () => false,
  maySuspendCommitInSyncRender: () => false,
  preloadInstance: () => true,
  startSuspendingCommit: () => null,
  suspendInstance: doNothing,
  suspendOnActiveViewTransition: doNothing,
  waitForCommitToBeReady: () => null,
  getSuspendedCommitReason: () => null,

  NotPendingTransition: null,
  HostTransitionContext: createContext(null),
  resetFormInstance: doNothing,
  preparePortalMount: doNothing,
  prepareScopeUpdate: doNothing,
  getInstanceFromScope: () => null,
  getInstanceFromNode: () => null,
  beforeActiveInstanceBlur: doNothing,
  afterActiveInstanceBlur: doNothing,
  createFragmentInstance: () => null,
  updateFragmentInstanceFiber: doNothing,
  commitNewChildToFragmentInstance: doNothing,
  deleteChildFromFragmentInstance: doNothing,
  bindToConsole(method: 'log' | 'warn' | 'error', args: unknown[]) {
    return console[method].bind(console, ...args)
  },
  defaultPriority: DefaultEventPriority,
}
