import type { FieldType } from './spec.ts'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** What a user makes of a field; null for nothing that a browser would tell of. */
export interface Entry {
  readonly kind: 'text' | 'click' | 'choose'
  /** What the field then holds, as one text. */
  readonly text: string
}

/** What the `how`-th way to change a field makes of it. */
export function entryFor(field: Field, how: number): Entry | null {
  switch (field.type as FieldType | 'select-one' | 'select-multiple') {
    case 'checkbox':
      return { kind: 'click', text: (field as HTMLInputElement).checked ? '' : 'on' }
    case 'radio':
      return (field as HTMLInputElement).checked ? null : { kind: 'click', text: field.value }
    case 'select-one':
    case 'select-multiple':
      return choice(field as HTMLSelectElement, how)
    default:
      return typed(field.value, how)
  }
}

function typed(text: string, how: number): Entry | null {
  const key = 'abcxyz'[how % 6] as string
  const after = how % 4 === 3 ? text.slice(0, -1) : how % 4 === 2 ? key + text : text + key
  return after === text ? null : { kind: 'text', text: after }
}

function choice(select: HTMLSelectElement, how: number): Entry | null {
  const before = chosen(select)
  const option = select.options[how % select.options.length]?.value ?? ''
  if (!select.multiple) return option === before.join() ? null : { kind: 'choose', text: option }
  const after = before.includes(option)
    ? before.filter((each) => each !== option)
    : [...before, option].sort()
  return { kind: 'choose', text: after.join() }
}

function chosen(select: HTMLSelectElement): string[] {
  return Array.from(select.selectedOptions, ({ value }) => value)
}

/** Does to a field what a user does, with the events that a browser fires for it. */
export function enter(field: Field, { kind, text }: Entry): void {
  if (kind === 'click') return field.click()
  if (kind === 'choose') {
    const values = text.split(',')
    for (const option of (field as HTMLSelectElement).options) option.selected = values.includes(option.value)
  } else setText(field as HTMLInputElement, text)
  fire(field, 'input')
  if (kind === 'choose') fire(field, 'change')
}

/** React watches scripts that set `value` of an element, and takes what they set for known. */
export function setText(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  const { prototype } = field.tagName === 'INPUT' ? HTMLInputElement : HTMLTextAreaElement
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, text)
}

function fire(field: Field, type: string): void {
  field.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))
}

/** What a field holds, as one text. */
export function heldBy(field: Field): string {
  if (field.type === 'checkbox') return (field as HTMLInputElement).checked ? 'on' : ''
  if (field.type === 'radio') return (field as HTMLInputElement).checked ? field.value : 'not chosen'
  return field.type === 'select-multiple' ? chosen(field as HTMLSelectElement).join() : field.value
}

/** What the handlers for clicks around an element do with the event. */
export function flagsAbove(element: Element): string[] {
  const flags: string[] = []
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const own = at.getAttribute('data-flags')
    if (own !== null) flags.push(own)
  }
  return flags
}

export type { Field as FieldElement }
