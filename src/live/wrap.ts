import {
  type Component,
  type ComponentType,
  memo,
  type ReactElement,
  type ReactNode,
  use,
  useRef,
} from 'react'
import { jsx } from 'react/jsx-runtime'
import { asyncOutput, isAsync } from './async-output.ts'
import { type Captured, callCaptured, takeCaptured } from './capture.ts'
import { classOutput, restoreClass } from './class-state.ts'
import { rendering } from './rendering.ts'
import { placeOf } from './restoring.ts'
import { ComponentInfo } from './signature.ts'
import { slotElement, type WalkMemo } from './slot-element.ts'
import { type AnyFunction, tags } from './template.ts'

const wrapped = new WeakMap<object, unknown>()

/** The component that React runs in place of the author's: the same one, with its output turned into a slot. */
export function liveType(type: AnyFunction | object): unknown {
  let live = wrapped.get(type)
  if (live === undefined) {
    live = wrap(type)
    wrapped.set(type, live)
  }
  return live
}

/** The name under which React shows a component. */
export function componentName(type: unknown): string {
  if (typeof type === 'string') return type
  if (typeof type !== 'function' && (typeof type !== 'object' || type === null)) return 'Anonymous'
  const named = type as { displayName?: string; name?: string; type?: unknown; render?: unknown }
  return named.displayName || named.name || componentName(named.type ?? named.render ?? null)
}

/** `durable` is false where the author said so on the component, or on what he made of it with `memo`. */
function wrap(type: AnyFunction | object, durable = isDurable(type)): unknown {
  if (typeof type === 'function') {
    const { prototype } = type as AnyFunction
    return prototype?.isReactComponent
      ? wrapClass(type as never, durable)
      : wrapFunction(type as AnyFunction, durable)
  }
  switch ((type as { $$typeof?: symbol }).$$typeof) {
    case tags.memo:
      return wrapMemo(type as MemoType, durable)
    case tags.forwardRef:
      return wrapForwardRef(type as ForwardRefType, durable)
    case tags.consumer:
      return wrapFunction(consumer(type as ConsumerType), false)
    default:
      return wrapLazy(type as LazyType)
  }
}

function isDurable(type: unknown): boolean {
  return (type as { durable?: boolean }).durable !== false
}

function wrapFunction(Type: AnyFunction, durable: boolean, owner = componentName(Type)): unknown {
  const info = new ComponentInfo(owner, Type, durable)
  return named(owner, function LiveComponent(props: object): ReactElement {
    const walked: WalkMemo = useRef<unknown>(undefined)
    try {
      if (rendering.state === null) return output(Type(props), walked, owner, null)
      if (walked.stored === undefined) walked.stored = placeOf(props)
      const value = callCaptured(info, walked, Type, props)
      return output(value, walked, owner, takeCaptured())
    } catch (thrown) {
      throw waitFor(thrown)
    }
  })
}

function output(value: unknown, walked: WalkMemo, owner: string, captured: Captured | null): ReactElement {
  if (!isAsync(value)) return slotElement(value, walked, owner, captured)
  // React may throw this render away; the promise must not be reported as unhandled then.
  if ('then' in value) value.then(undefined, ignore)
  return asyncOutput(value, owner, walked.stored ?? null, captured)
}

function ignore(): void {}

type ClassType = new (props: object, context: unknown) => Component

const walkMemo = Symbol('liveroot.walked')

function wrapClass(Type: ClassType, durable: boolean): unknown {
  const owner = componentName(Type)
  const info = new ComponentInfo(owner, Type as never, durable)
  class LiveComponent extends (Type as unknown as { new (props: object, context: unknown): Component }) {
    [walkMemo]: WalkMemo = { current: undefined }

    constructor(props: object, context: unknown) {
      super(props, context)
      if (rendering.state !== null) restoreClass(this, this[walkMemo], info, props)
      // `render` written as a class field would hide the method below.
      if (!Object.hasOwn(this, 'render')) return
      const { render } = this
      this.render = () => classOutput(this, this[walkMemo], info, () => render.call(this))
    }

    override render(): ReactNode {
      return classOutput(this, this[walkMemo], info, () => super.render())
    }
  }
  return named(owner, LiveComponent)
}

interface MemoType {
  readonly type: object
  readonly compare: ((before: object, after: object) => boolean) | null
}

function wrapMemo({ type, compare }: MemoType, durable: boolean): unknown {
  return memo((durable ? liveType(type) : wrap(type, false)) as ComponentType<object>, compare ?? undefined)
}

interface ForwardRefType {
  readonly render: AnyFunction
}

/** React gives the ref to every component, as a prop. */
function wrapForwardRef(type: ForwardRefType, durable: boolean): unknown {
  const { render } = type
  const component = ({ ref = null, ...props }: { ref?: unknown }) => render(props, ref)
  component.toString = () => String(render)
  return wrapFunction(component, durable, componentName(type))
}

interface ConsumerType {
  readonly _context: Parameters<typeof use>[0]
}

function consumer(type: ConsumerType): AnyFunction {
  return named('Consumer', ({ children }: { children: (value: unknown) => unknown }) =>
    children(use(type._context)),
  )
}

interface LazyType {
  readonly _payload: unknown
  readonly _init: (payload: unknown) => unknown
}

/** `lazy` keeps the loaded component behind `_init`, which throws its promise while it loads: React's own protocol. */
function wrapLazy(type: LazyType): unknown {
  // biome-ignore lint/correctness/noComponentHookFactories: made once per type, and kept
  return named('Lazy', function LiveLazy(props: object): ReactElement {
    const walked: WalkMemo = useRef<unknown>(undefined)
    if (walked.stored === undefined) walked.stored = placeOf(props)
    // React's development build leaves a trap for the key on the props.
    const own = Object.isFrozen(props) ? { ...props } : props
    return slotElement(jsx(loaded(type) as never, own as never), walked, 'Lazy')
  })
}

function loaded({ _init, _payload }: LazyType): unknown {
  try {
    return _init(_payload)
  } catch (thrown) {
    throw waitFor(thrown)
  }
}

/**
 * Waits for a promise that was thrown as for one that is used. React tries again at once what has thrown one; where two
 * boundaries wait, each such try lets the other try again, without end. Returns what is not to be waited for.
 */
function waitFor(thrown: unknown): unknown {
  if (typeof (thrown as PromiseLike<unknown> | null)?.then === 'function') use(thrown as Promise<unknown>)
  return thrown
}

function named<F extends object>(name: string, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: name, configurable: true })
}
