import { testWindow } from './dom.ts'

type TextElement = HTMLInputElement | HTMLTextAreaElement

/** Puts text into a field at its caret, in place of what is selected, as a key or a paste does. */
export function enter(element: TextElement, text: string): void {
  const start = element.selectionStart ?? element.value.length
  const end = element.selectionEnd ?? start
  const caret = start + text.length
  setText(element, element.value.slice(0, start) + text + element.value.slice(end))
  if (element.selectionStart !== null) element.setSelectionRange(caret, caret)
  fire(element, 'input')
}

/** Types key by key, with a pause after each. */
export async function type(element: TextElement, text: string, pauseMs = 0): Promise<void> {
  for (const key of text) {
    enter(element, key)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Chooses these options of a `select`, and no others. */
export function choose(select: HTMLSelectElement, ...values: readonly string[]): void {
  for (const option of select.options) option.selected = values.includes(option.value)
  fire(select, 'input')
  fire(select, 'change')
}

export function fire(element: Element, type: string): void {
  element.dispatchEvent(new testWindow.Event(type, { bubbles: true, cancelable: true }) as never)
}

/** As the browser does it: React watches scripts that set `value`, and takes what they set for known. */
function setText(element: TextElement, text: string): void {
  const { HTMLInputElement, HTMLTextAreaElement } = testWindow
  const { prototype } = element.tagName === 'INPUT' ? HTMLInputElement : HTMLTextAreaElement
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(element, text)
}
