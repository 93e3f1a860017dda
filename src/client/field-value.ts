/** The host elements that the user can change and that React can control. */
export type FieldTag = 'input' | 'select' | 'textarea'

export type FieldElement = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

export type FieldProps = Readonly<Record<string, unknown>>

/** The prop by which a field is controlled. */
export type ControlProp = 'checked' | 'value'

/** What the user made of a field, in the form of the prop that controls it. */
export interface Edit {
  readonly prop: ControlProp
  readonly value: boolean | string | readonly string[]
}

/** The prop that controls a field; null where it is uncontrolled. The rule is React DOM's. */
export function controlProp(tag: FieldTag, props: FieldProps): ControlProp | null {
  const { type } = props
  const isInput = tag === 'input'
  // A file that was chosen cannot be shown by a prop.
  if (isInput && type === 'file') return null
  const prop = isInput && (type === 'checkbox' || type === 'radio') ? 'checked' : 'value'
  return props[prop] === undefined || props[prop] === null ? null : prop
}

/** Whether what the user made of a field can be shown in what stands in its place now: a list of one is none of many. */
export function fits(edit: Edit, control: ControlProp, tag: FieldTag, { multiple }: FieldProps): boolean {
  const isOfMany = tag === 'select' && Boolean(multiple)
  return edit.prop === control && Array.isArray(edit.value) === isOfMany
}

/** What the browser shows in a field. */
export function readEdit(element: FieldElement, prop: ControlProp): Edit {
  if (prop === 'checked') return { prop, value: (element as HTMLInputElement).checked }
  if (!isMultiple(element)) return { prop, value: element.value }
  return { prop, value: Array.from(element.selectedOptions, (option) => option.value) }
}

function isMultiple(element: FieldElement): element is HTMLSelectElement {
  return element.type === 'select-multiple'
}
