import {
  type Component,
  type ComponentType,
  forwardRef,
  memo,
  type ReactElement,
  type ReactNode,
  use,
  useRef,
} from 'react'
import { jsx } from 'react/jsx-runtime'
import { AsyncOutput, isAsync } from './async-output.ts'
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

function wrap(type: AnyFunction | object): unknown {
  if (typeof type === 'function') {
    const { prototype } = type as AnyFunction
    return prototype?.isReactComponent ? wrapClass(type as never) : wrapFunction(type as AnyFunction)
  }
  switch ((type as { $$typeof?: symbol }).$$typeof) {
    case tags.memo:
      return wrapMemo(type as MemoType)
    case tags.forwardRef:
      return wrapForwardRef(type as ForwardRefType)
    case tags.consumer:
      return wrapFunction(consumer(type as ConsumerType))
    default:
      return wrapLazy(type as LazyType)
  }
}

function wrapFunction(Type: AnyFunction): unknown {
  const owner = componentName(Type)
  return named(owner, function LiveComponent(props: object): ReactElement {
    const walked: WalkMemo = useRef<unknown>(undefined)
    return output(Type(props), walked, owner)
  })
}

function output(value: unknown, walked: WalkMemo, owner: string): ReactElement {
  if (!isAsync(value)) return slotElement(value, walked, owner)
  // React may throw this render away; the promise must not be reported as unhandled then.
  if ('then' in value) value.then(undefined, ignore)
  return jsx(AsyncOutput, { value, owner })
}

function ignore(): void {}

type ClassType = new (props: object, context: unknown) => Component

const walkMemo = Symbol('liveroot.walked')

function wrapClass(Type: ClassType): unknown {
  const owner = componentName(Type)
  class LiveComponent extends (Type as unknown as { new (props: object, context: unknown): Component }) {
    [walkMemo]: WalkMemo = { current: undefined }

    constructor(props: object, context: unknown) {
      super(props, context)
      // `render` written as a class field would hide the method below.
      if (!Object.hasOwn(this, 'render')) return
      const { render } = this
      this.render = () => slotElement(render.call(this), this[walkMemo], owner)
    }

    override render(): ReactNode {
      return slotElement(super.render(), this[walkMemo], owner)
    }
  }
  return named(owner, LiveComponent)
}

interface MemoType {
  readonly type: object
  readonly compare: ((before: object, after: object) => boolean) | null
}

function wrapMemo({ type, compare }: MemoType): unknown {
  return memo(liveType(type) as ComponentType<object>, compare ?? undefined)
}

interface ForwardRefType {
  readonly render: AnyFunction
}

function wrapForwardRef(type: ForwardRefType): unknown {
  const owner = componentName(type)
  const live = (props: object, ref: unknown): ReactElement => {
    const walked: WalkMemo = useRef<unknown>(undefined)
    return output(type.render(props, ref), walked, owner)
  }
  return forwardRef(named(owner, live) as never)
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
    // React's development build leaves a trap for the key on the props.
    const own = Object.isFrozen(props) ? { ...props } : props
    return slotElement(jsx(type._init(type._payload) as never, own as never), walked, 'Lazy')
  })
}

function named<F extends object>(name: string, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: name, configurable: true })
}
