import { createContext, type ReactNode, use, useEffect, useId, useState } from 'react'
import { clientReference } from '../../src/webpack/runtime/client-reference.ts'
import type { WidgetName } from './spec.ts'

/** What every component of the browser gets. */
export interface WidgetProps {
  readonly children?: ReactNode
  readonly left?: ReactNode
  readonly data?: unknown
  readonly action?: (() => void) | undefined
}

export type Widgets = Readonly<Record<WidgetName, (props: WidgetProps) => ReactNode>>

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

function Counter({ children, left, action }: WidgetProps): ReactNode {
  const [count, setCount] = useState(0)
  useCounted()
  return (
    <section data-uid={useId()}>
      {left}
      <button type="button" className="bump" onClick={() => setCount(count + 1)}>
        {count}
      </button>
      {action && <button type="button" className="act" onClick={action} />}
      <i>{children}</i>
    </section>
  )
}

function Field({ children, left, data }: WidgetProps): ReactNode {
  useCounted()
  return (
    <>
      {left}
      <input className="field" defaultValue={typeof data === 'string' ? data.slice(0, 5) : 'start'} />
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
export const realWidgets: Widgets = { Counter, Field, Show, Theme, Themed }

export const widgetModule = 'tests/widgets'

/** What stands for them on a server. */
export const widgetReferences = Object.fromEntries(
  Object.keys(realWidgets).map((name) => [name, clientReference(widgetModule, name)]),
) as unknown as Widgets
