import './dom.ts'
import type { ElementType, ReactNode } from 'react'
import { flushSync } from 'react-dom'
import type { Root } from 'react-dom/client'
import { noteCall } from '../../src/client/calls-of-event.ts'
import { fieldFor } from '../../src/client/field.tsx'
import { loadReactDom } from '../../src/testing/react-halves.ts'
import { deferred, wait } from '../live-tree/support.ts'

export const Input = fieldFor('input') as ElementType
export const Select = fieldFor('select') as ElementType
export const Textarea = fieldFor('textarea') as ElementType

let root: Root
let container: HTMLElement
export let calls: { answer(): void; fail(): void }[] = []

/** A handler as the browser has it: its calls are answered by the test. */
export function save(event: { nativeEvent: Event }): void {
  const { promise, resolve, reject } = deferred()
  calls.push({ answer: resolve, fail: () => reject(new Error('refused')) })
  noteCall(event.nativeEvent, promise)
}

beforeEach(async () => {
  const { createRoot } = await loadReactDom()
  calls = []
  container = document.body.appendChild(document.createElement('div'))
  root = createRoot(container)
})

afterEach(() => {
  root.unmount()
  container.remove()
})

export function show(node: ReactNode): void {
  flushSync(() => root.render(node))
}

export function find<T extends Element = HTMLInputElement>(selector = 'input'): T {
  return container.querySelector(selector) as T
}

/** Answers are heard of in promises, and transitions come some turns of the event loop later. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await wait(1)
}

export async function answer(...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) calls[number]?.answer()
  await settled()
}
