import {
  createContext,
  type ReactNode,
  startTransition,
  use,
  useEffect,
  useId,
  useLayoutEffect,
  useOptimistic,
  useState,
} from 'react'
import { useFormStatus } from 'react-dom'
import { clientReference } from '../../src/webpack/runtime/client-reference.ts'

/** What every component of the browser gets. */
export interface WidgetProps {
  readonly children?: ReactNode
  readonly left?: ReactNode
  readonly data?: unknown
  readonly act?: (() => void) | undefined
  /** What `act` has captured. */
  readonly actMark?: string
}

/** Effects of components of the browser that were not cleaned up. */
export const widgetEffects = { count: 0 }

function useCounted(): void {
  useEffect(() => {
    widgetEffects.count++
    return () => {
      widgetEffects.count--
    }
  }, [])
}

function Counter({ children, left, act, actMark }: WidgetProps): ReactNode {
  const [count, setCount] = useState(0)
  useCounted()
  return (
    <section data-uid={useId()}>
      {left}
      <button type="button" className="bump" onClick={() => setCount(count + 1)}>
        {count}
      </button>
      {act && <button type="button" data-click={actMark} onClick={act} />}
      <i>{children}</i>
    </section>
  )
}

function Field({ children, left, data }: WidgetProps): ReactNode {
  const given = typeof data === 'string' ? data.slice(0, 5) : 'start'
  const [first] = useState(given)
  useCounted()
  return (
    <>
      {left}
      <input className="field" data-first={first} defaultValue={given} />
      {children}
    </>
  )
}

function Show({ data, left, children }: WidgetProps): ReactNode {
  const [first] = useState(() => describe(data))
  const { node } = (data ?? {}) as { node?: ReactNode }
  return (
    <code data-first={first}>
      {describe(data)}
      <samp>{node}</samp>
      {left}
      {children}
    </code>
  )
}

const ThemeContext = createContext(0)

function Theme({ children, left }: WidgetProps): ReactNode {
  const [theme, setTheme] = useState(1)
  return (
    <ThemeContext value={theme}>
      <button type="button" className="bump" onClick={() => setTheme(theme + 1)} />
      {left}
      {children}
    </ThemeContext>
  )
}

function Themed({ children, left }: WidgetProps): ReactNode {
  return (
    <u>
      {use(ThemeContext)}
      {left}
      {children}
    </u>
  )
}

interface HopeProps {
  readonly name: string
  /** Tells instances of the component that gives the items: the one after another may go on with this one's state. */
  readonly owner: number
  readonly live: boolean
  readonly items: readonly string[]
  add(item: string): Promise<void>
}

interface Commit {
  readonly owner: number
  readonly items: readonly string[]
}

/** What the components that give the items have had in a commit, by their numbers. */
export const givenItems = new Map<number, Set<string>>()

/** What one instance of `Hope` showed, commit by commit. */
export interface Shown {
  readonly name: string
  /** Items that were not on the screen when the call that added them was answered. */
  readonly early: string[]
  mounted: boolean
  readonly commits: Commit[]
}

/** Of every `Hope` that was mounted. */
export const hopes = new Set<Shown>()

/** Shows an item at once, and waits for the server to have it. */
function Hope({ name, owner, live, items, add }: HopeProps): ReactNode {
  const [shown, hope] = useOptimistic(items, (all, item: string) => [...all, item])
  const [own] = useState((): Shown => ({ name, early: [], mounted: false, commits: [] }))
  const next = String(shown.length)
  useCounted()
  useLayoutEffect(() => {
    hopes.add(own)
    own.commits.push({ owner, items: shown })
  }, [owner, shown, own])
  useLayoutEffect(() => {
    own.mounted = true
    return () => {
      own.mounted = false
    }
  }, [own])
  const onClick = () =>
    startTransition(async () => {
      hope(next)
      await add(next)
    })
  const asked = `a${next}`
  const ask = async () => {
    await add(asked)
    const last = own.commits.at(-1)
    if (live && own.mounted && last?.owner === owner && !last.items.includes(asked)) own.early.push(asked)
  }
  return (
    <ol>
      <button type="button" data-hope={`add ${name} ${asked}`} onClick={ask} />
      <button type="button" data-hope={`add ${name} ${next}`} onClick={onClick} />
      {shown.join(' ')}
    </ol>
  )
}

interface RowProps {
  readonly id: number
  readonly n: number
  readonly countMark: string
  count(): void
  readonly removeMark: string
  remove(): void
  readonly topMark: string
  top(): void
}

/** A row of the browser, with handlers of the server, and state of its own. */
function Row({ id, n, countMark, count, removeMark, remove, topMark, top }: RowProps): ReactNode {
  const [first] = useState(n)
  return (
    <li data-first={first} title={String(id)}>
      <button type="button" data-click={countMark} onClick={count}>
        {n}
      </button>
      <b data-click={topMark} onClick={top}>
        <button type="button" data-click={removeMark} onClick={remove} />
      </b>
    </li>
  )
}

function Status(): ReactNode {
  return useFormStatus().pending ? 'sending' : null
}

/** Data as text, whatever it is made of; elements are left out. */
export function describe(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string')
    return value.length > 50 ? `"${value.slice(0, 9)}…${value.length}"` : `"${value}"`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if ('$$typeof' in value) return 'element'
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof Map)
    return `Map(${[...value].map(([k, v]) => `${describe(k)}:${describe(v)}`).join()})`
  if (value instanceof Set) return `Set(${[...value].map(describe).join()})`
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}(${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')})`
  if (Array.isArray(value)) return `[${value.map(describe).join()}]`
  return `{${Object.entries(value)
    .filter(([name]) => name !== 'node')
    .map(([name, each]) => `${name}:${describe(each)}`)
    .join()}}`
}

/** The components themselves: React in the browser. */
export const realWidgets = { Counter, Field, Show, Theme, Themed, Hope, Row, Status }

export type Widgets = typeof realWidgets

export const widgetModule = 'tests/widgets'

/** What stands for them on a server. */
export const widgetReferences = Object.fromEntries(
  Object.keys(realWidgets).map((name) => [name, clientReference(widgetModule, name)]),
) as unknown as Widgets
