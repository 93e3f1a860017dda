import { Children, Component, Fragment, type ReactNode, use } from 'react'
import { build, contexts } from './build.tsx'
import { Planned, type Side } from './side.ts'
import type { AwaitSpec, WrapFlavor } from './spec.ts'

/** What a wrap gets: children made by the component around. */
export interface WrapProps {
  readonly children?: ReactNode
  readonly aside?: ReactNode
}

function Host({ children }: WrapProps): ReactNode {
  return <div className="host">{children}</div>
}

function Twice({ children }: WrapProps): ReactNode {
  return (
    <>
      <b>{children}</b>
      {children}
    </>
  )
}

function KeyedWrap({ children }: WrapProps): ReactNode {
  return [<Fragment key="second">{children}</Fragment>, <i key="first">first</i>]
}

/** `toArray` gives every child a key of its own making. */
function ToArray({ children }: WrapProps): ReactNode {
  return Children.toArray(children).reverse()
}

function Props({ children, aside }: WrapProps): ReactNode {
  return (
    <p>
      {aside}
      <span>{children}</span>
    </p>
  )
}

function FragmentWrap({ children }: WrapProps): ReactNode {
  return (
    <>
      {children}
      {[<Fragment key="tail">tail</Fragment>]}
    </>
  )
}

function ContextWrap({ children }: WrapProps): ReactNode {
  const value = use(contexts[0])
  return value % 2 === 0 ? [children, 'even'] : <div>{children}</div>
}

export const wraps: Readonly<Record<WrapFlavor, (props: WrapProps) => ReactNode>> = {
  plain: ({ children }) => children,
  host: Host,
  twice: Twice,
  keyed: KeyedWrap,
  toArray: ToArray,
  props: Props,
  fragment: FragmentWrap,
  context: ContextWrap,
}

interface CatchProps {
  readonly side: Side
  readonly name: string
  readonly children?: ReactNode
}

/** An error boundary; setting it, by its name, takes the error away. */
export class Catch extends Component<CatchProps> {
  override state: { error: unknown } = { error: null }
  private unregister: (() => void) | undefined

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override componentDidMount(): void {
    const { side, name } = this.props
    this.unregister = side.register(name, () => this.setState({ error: null }))
  }

  override componentWillUnmount(): void {
    this.unregister?.()
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    // Not which one: of several that fail while others wait, React and a live tree may meet another one first.
    return <em className="error">{error instanceof Planned ? 'planned' : `unplanned: ${error}`}</em>
  }
}

interface AwaitProps {
  readonly spec: AwaitSpec
  readonly side: Side
  readonly id: number
  readonly value: number
}

const content = ({ spec, side, value }: AwaitProps): ReactNode => build(list(spec), { side, value })

const list = (spec: AwaitSpec) => ({ kind: 'list', children: spec.children }) as const

/** Waits as React's own `use` does. */
export function Using(props: AwaitProps): ReactNode {
  use(props.side.promise(props.id))
  return content(props)
}

/** What an async component is in plain React; a type of its own, as it is on the server. */
export function UsingAsync(props: AwaitProps): ReactNode {
  use(props.side.promise(props.id))
  return content(props)
}

/** An async component, which only a live server has. */
export async function Async(props: AwaitProps): Promise<ReactNode> {
  await props.side.promise(props.id)
  return content(props)
}
