import { createLiveClient, LiveProvider, LiveRoot } from 'liveroot/client'
import type { LiveServer } from 'liveroot/server'
import { connectInMemory, type LiveScreen } from 'liveroot/testing'
import { Suspense } from 'react'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { framesSince, until, wait } from '../live-tree/support.ts'

/** A second browser of a server that `renderLive` made: a session of its own, with a live root of its own. */
export interface OtherSession {
  readonly container: HTMLElement
  text(): string
  close(): Promise<void>
}

export async function joinServer(server: LiveServer): Promise<OtherSession> {
  const { createRoot } = await loadReactDom()
  const client = createLiveClient({ connect: connectInMemory(server.accept) })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  root.render(
    <LiveProvider client={client}>
      <Suspense fallback="loading">
        <LiveRoot route="/" />
      </Suspense>
    </LiveProvider>,
  )
  await until(() => container.textContent !== '' && container.textContent !== 'loading')
  return {
    container,
    text: () => container.textContent ?? '',
    async close() {
      root.unmount()
      await wait(20)
      client.close()
      container.remove()
    },
  }
}

/** What each frame since message number `from` wrote, as the content of its row 0, without what only names it. */
export function writesSince(screen: LiveScreen, from: number): unknown[] {
  return framesSince(screen, from).map((frame) => {
    const model = frame.split('\n').find((row) => row.startsWith('0:'))
    return model === undefined ? frame : JSON.parse(model.slice(2))
  })
}

/** Timers started since it began to watch. */
export interface TimerWatch {
  /** The delays of those that neither fired nor were cleared. */
  pending(): number[]
  /** Waits until there are none: React and Flight start some that fire by themselves. */
  nonePending(): Promise<void>
  restore(): void
}

/** After this the browser half closes a connection that nothing uses; it is no business of the server's. */
const browserIdleMs = 5_000

export function watchTimers(): TimerWatch {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis
  const pending = new Map<unknown, number>()
  const forget = (timer: unknown) => void pending.delete(timer)
  const startTimeout = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
    const timer = setTimeout(() => {
      forget(timer)
      callback(...args)
    }, delayMs)
    pending.set(timer, delayMs)
    return timer
  }
  const startInterval = (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
    const timer = setInterval(callback, delayMs, ...args)
    pending.set(timer, delayMs)
    return timer
  }
  const stop = (timer: NodeJS.Timeout) => {
    forget(timer)
    clearTimeout(timer)
  }
  Object.assign(globalThis, {
    setTimeout: startTimeout,
    setInterval: startInterval,
    clearTimeout: stop,
    clearInterval: stop,
  })
  const stillPending = () => [...pending.values()].filter((delayMs) => delayMs !== browserIdleMs)
  return {
    pending: stillPending,
    nonePending: () => until(() => stillPending().length === 0),
    restore: () => void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval }),
  }
}

/** Types into a text field, as a user does. */
export async function type(screen: LiveScreen, selector: string, value: string): Promise<void> {
  const field = screen.container.querySelector<HTMLInputElement>(selector)
  if (field === null) throw new Error(`There is no ${selector} in ${screen.container.innerHTML}`)
  const { InputEvent } = window as unknown as typeof globalThis
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  await screen.settled()
}

/** Leaves a field, as a user does. */
export async function leave(screen: LiveScreen, selector: string): Promise<void> {
  const { FocusEvent } = window as unknown as typeof globalThis
  screen.container.querySelector(selector)?.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
  await screen.settled()
}

/** Selects options of a `<select>` by their values. */
export async function select(screen: LiveScreen, selector: string, ...values: string[]): Promise<void> {
  const field = screen.container.querySelector<HTMLSelectElement>(selector)
  for (const option of field?.options ?? []) option.selected = values.includes(option.value)
  field?.dispatchEvent(new Event('change', { bubbles: true }))
  await screen.settled()
}
