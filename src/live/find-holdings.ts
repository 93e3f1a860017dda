import { type Holding, holdingOf } from './holding.ts'
import type { Slot } from './slot.ts'
import { pending } from './template.ts'

// What React keeps of a component, as version 0.34 of the reconciler has it.

interface Fiber {
  readonly tag: number
  readonly memoizedState: unknown
  readonly updateQueue: unknown
  readonly stateNode: unknown
  readonly child: Fiber | null
  readonly sibling: Fiber | null
}

interface Hook {
  readonly memoizedState: unknown
  readonly queue: unknown
  readonly next: Hook | null
}

interface Effect {
  readonly inst: { readonly destroy: (() => void) | undefined }
  readonly next: Effect
}

const functionTags: ReadonlySet<number> = new Set([0, 11, 15])
const classTag = 1
const suspenseTag = 13

/**
 * What the components of a tree hold outside. Null where the tree is more than its snapshot and this: something is still
 * to come, an effect has begun something that nobody else can hold (a timer, a subscription elsewhere), or a ref or an
 * instance of a class has something in it.
 */
export function findHoldings(container: unknown, slots: Iterable<Slot>): readonly Holding[] | null {
  for (const { output } of slots) {
    if (output.node === pending || output.captured?.component.durable === false) return null
  }
  const found: Holding[] = []
  const root = (container as { readonly current: Fiber }).current
  return look(root.child, found) ? found : null
}

/** False where something is found that cannot be held. */
function look(first: Fiber | null, found: Holding[]): boolean {
  for (let fiber = first; fiber !== null; fiber = fiber.sibling) {
    if (!lookAt(fiber, found) || !look(fiber.child, found)) return false
  }
  return true
}

function lookAt(fiber: Fiber, found: Holding[]): boolean {
  if (functionTags.has(fiber.tag)) return lookAtEffects(fiber, found) && refsAreEmpty(fiber)
  if (fiber.tag === classTag) return isPlain(fiber.stateNode as object)
  return fiber.tag !== suspenseTag || fiber.memoizedState === null
}

function lookAtEffects({ updateQueue }: Fiber, found: Holding[]): boolean {
  const last = (updateQueue as { readonly lastEffect: Effect | null } | null)?.lastEffect ?? null
  if (last === null) return true
  let effect = last.next
  do {
    const { destroy } = effect.inst
    const held = destroy === undefined ? null : holdingOf(destroy)
    if (held === undefined) return false
    if (held !== null) found.push(held)
    effect = effect.next
  } while (effect !== last.next)
  return true
}

function refsAreEmpty({ memoizedState }: Fiber): boolean {
  // The first hook is the walk's own.
  for (let hook = (memoizedState as Hook | null)?.next ?? null; hook !== null; hook = hook.next) {
    const state = hook.memoizedState
    if (hook.queue !== null || typeof state !== 'object' || state === null || !('current' in state)) continue
    const { current } = state
    if (current !== null && current !== undefined && !isHolding(current)) return false
  }
  return true
}

function isHolding(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'handOver' in value
}

const ofReact: ReadonlySet<string> = new Set([
  'props',
  'context',
  'refs',
  'updater',
  'state',
  '_reactInternals',
  '_reactInternalInstance',
])

/** An instance that is nothing but its props, its state and its functions. */
function isPlain(instance: object): boolean {
  if ('componentWillUnmount' in instance) return false
  return Object.entries(instance).every(([name, value]) => ofReact.has(name) || typeof value === 'function')
}
