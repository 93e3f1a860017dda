import {
  Component,
  type ComponentType,
  forwardRef,
  memo,
  type ReactNode,
  type Ref,
  startTransition,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useState,
  useSyncExternalStore,
  useTransition,
} from 'react'
import { build, isSeveral, one } from './build.tsx'
import type { Side, Update } from './side.ts'
import type { BoxSpec, Flavor } from './spec.ts'

/** What every box gets. */
export interface BoxProps {
  readonly spec: BoxSpec
  readonly side: Side
}

function output({ spec, side }: BoxProps, value: number): ReactNode {
  const variant = spec.variants[value % spec.variants.length]
  const built = variant === undefined ? null : build(variant, { side, value })
  if (soloFlavors.has(spec.flavor)) return one(built)
  return isSeveral(built) ? built : [built, null]
}

const soloFlavors = new Set<Flavor>(['state', 'class', 'memo', 'forward', 'layout', 'store', 'cached'])

function useRegistered({ spec, side }: BoxProps, setter: (update: Update<number>) => void): void {
  useEffect(() => side.register(spec.name, setter), [side, spec.name, setter])
}

function StateBox(props: BoxProps): ReactNode {
  const [value, setValue] = useState(0)
  useRegistered(props, setValue)
  return output(props, value)
}

function applied(before: number, update: Update<number>): number {
  return typeof update === 'function' ? update(before) : update
}

function ReducerBox(props: BoxProps): ReactNode {
  const [value, dispatch] = useReducer(applied, 0)
  useRegistered(props, dispatch)
  return output(props, value)
}

class ClassBox extends Component<BoxProps> {
  override state = { value: 0 }
  private unregister: (() => void) | undefined

  override componentDidMount(): void {
    this.unregister = this.register()
  }

  override componentDidUpdate(before: BoxProps): void {
    if (before.spec.name === this.props.spec.name) return
    this.unregister?.()
    this.unregister = this.register()
  }

  override componentWillUnmount(): void {
    this.unregister?.()
  }

  private register(): () => void {
    const { side, spec } = this.props
    return side.register<Update<number>>(spec.name, (update) =>
      this.setState(({ value }: { readonly value: number }) => ({ value: applied(value, update) })),
    )
  }

  override render(): ReactNode {
    return output(this.props, this.state.value)
  }
}

const MemoBox = memo(StateBox)

/**
 * Ignores what changed with the revision. React compares with nothing what waits since it was mounted, and makes it anew
 * (`tests/react-facts.test.tsx`); a live server has mounted it, so there it must not ignore anything.
 */
const CompareBox = memo(
  function CompareBox(props: BoxProps): ReactNode {
    const [value, setValue] = useState(0)
    useRegistered(props, setValue)
    return output(props, value)
  },
  ({ spec: before, side }, { spec: after }) =>
    before === after || (!side.waits && before.revision === after.revision),
)

const ForwardBox = forwardRef(function ForwardBox(props: BoxProps, _ref: Ref<unknown>): ReactNode {
  const [value, setValue] = useState(0)
  useRegistered(props, setValue)
  return output(props, value)
})

const MemoForwardBox = memo(ForwardBox)

function StoreBox(props: BoxProps): ReactNode {
  const store = props.side.stores[props.spec.revision % 2] ?? props.side.stores[0]
  const value = useSyncExternalStore(store?.subscribe as never, store?.read as () => number)
  const [own, setOwn] = useState(0)
  useRegistered(props, setOwn)
  return output(props, value + own)
}

function DeferredBox(props: BoxProps): ReactNode {
  const [value, setValue] = useState(0)
  useRegistered(props, setValue)
  // Shown only: a live tree renders once more in between, for its updates are urgent ones.
  return [<b key="late">{useDeferredValue(value)}</b>, <i key="out">{output(props, value)}</i>]
}

function TransitionBox(props: BoxProps): ReactNode {
  const [value, setValue] = useState(0)
  const [late, setLate] = useState(0)
  const [pending, start] = useTransition()
  const setBoth = useCallback(
    (next: Update<number>) => {
      setValue(next)
      start(() => setLate(next))
    },
    [start],
  )
  useRegistered(props, setBoth)
  return [pending ? 'pending' : null, <u key="late">{late}</u>, <b key="out">{output(props, value)}</b>]
}

function LayoutBox(props: BoxProps): ReactNode {
  const [value, setValue] = useState(0)
  const [doubled, setDoubled] = useState(-1)
  useRegistered(props, setValue)
  useLayoutEffect(() => setDoubled(value * 2), [value])
  return (
    <p title={String(doubled)}>
      {doubled}
      {output(props, value)}
    </p>
  )
}

function EffectBox(props: BoxProps): ReactNode {
  const [value, setValue] = useState(0)
  const [late, setLate] = useState(-1)
  useRegistered(props, setValue)
  useEffect(() => startTransition(() => setLate(value + 100)), [value])
  return (
    <>
      {late}
      {output(props, value)}
    </>
  )
}

/** The very same elements while nothing changed, as compiled components give. */
function CachedBox(props: BoxProps): ReactNode {
  const { spec, side } = props
  const [value, setValue] = useState(0)
  useRegistered(props, setValue)
  const inner = useMemo(() => output({ spec, side }, value % 2), [spec, side, value % 2])
  return (
    <div>
      {value}
      {inner}
      {useMemo(
        () => (
          <em>same</em>
        ),
        [],
      )}
    </div>
  )
}

export const boxes: Readonly<Record<Flavor, ComponentType<BoxProps>>> = {
  state: StateBox,
  reducer: ReducerBox,
  class: ClassBox,
  memo: MemoBox as unknown as ComponentType<BoxProps>,
  compare: CompareBox as unknown as ComponentType<BoxProps>,
  forward: ForwardBox as unknown as ComponentType<BoxProps>,
  memoForward: MemoForwardBox as unknown as ComponentType<BoxProps>,
  store: StoreBox,
  deferred: DeferredBox,
  transition: TransitionBox,
  layout: LayoutBox,
  effect: EffectBox,
  cached: CachedBox,
}
