import type { FieldElement } from './field-value.ts'

/** What the user has selected in the field that has the focus; an empty selection is the caret. */
export interface Caret {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly direction: 'backward' | 'forward' | 'none'
}

type TextElement = HTMLInputElement | HTMLTextAreaElement

/** Null where the element has not the focus, or no caret, as a checkbox or a number. */
export function readCaret(element: FieldElement | null): Caret | null {
  if (element === null || !hasFocus(element)) return null
  const { value, selectionStart, selectionEnd, selectionDirection } = element as TextElement
  if (typeof selectionStart !== 'number' || typeof selectionEnd !== 'number') return null
  return { text: value, start: selectionStart, end: selectionEnd, direction: selectionDirection ?? 'none' }
}

function hasFocus(element: Element): boolean {
  return (element.getRootNode() as Document | ShadowRoot).activeElement === element
}

/** The browser puts the caret at the end of a text that a script sets; this puts it back to where the user had it. */
export function restoreCaret(element: FieldElement | null, before: Caret): void {
  if (element === null || element.value === before.text) return
  const { text, start, end, direction } = before
  const move = (offset: number) => moveOffset(offset, text, element.value)
  ;(element as TextElement).setSelectionRange(move(start), move(end), direction)
}

/**
 * Where in a rewritten text a place in the old one is. A text that kept its length was rewritten letter by letter, as by
 * upper-casing; elsewhere a place stays before the same text, as when a mask puts something in.
 */
export function moveOffset(offset: number, before: string, after: string): number {
  if (after.length === before.length) return offset
  const rest = before.slice(offset)
  return after.endsWith(rest) ? after.length - rest.length : Math.min(offset, after.length)
}
