/**
 * The field that marks an argument as an event. Its value is where the pointer is, as `[clientX, clientY, offsetX,
 * offsetY]` in whole pixels without the zeros at the end, or 0 for events that have no such place.
 */
export const eventMark = '@'

/**
 * What each field of an event is called on the wire. Fields that are empty, zero or false are left out, and so are
 * those that are as {@link unsaid} says.
 */
export const eventFields = {
  texts: {
    type: 'e',
    key: 'k',
    code: 'co',
    pointerType: 'pt',
    data: 'da',
    inputType: 'it',
    /** What was pasted or dropped, as plain text. */
    text: 'tx',
  },
  numbers: {
    button: 'b',
    buttons: 'bs',
    pointerId: 'pi',
    pressure: 'pr',
    deltaX: 'dx',
    deltaY: 'dy',
    deltaMode: 'dm',
  },
  flags: {
    altKey: 'a',
    ctrlKey: 'c',
    metaKey: 'm',
    shiftKey: 's',
    repeat: 'r',
    isComposing: 'ic',
  },
  /** Objects of {@link targetFields}. That of `currentTarget` is left out where it is the target, or says nothing. */
  targets: { target: 't', currentTarget: 'ct', submitter: 'su' },
  /** Pairs of a name and a text or, on request, a file. */
  form: 'f',
  /** What was dropped or pasted, on request. */
  files: 'fi',
} as const

/** What each field of an element is called on the wire. */
export const targetFields = {
  texts: { id: 'i', name: 'n', value: 'v', type: 'y' },
  numbers: {
    scrollTop: 'st',
    scrollLeft: 'sl',
    scrollHeight: 'sh',
    scrollWidth: 'sw',
    clientHeight: 'h',
    clientWidth: 'w',
  },
  flags: { checked: 'c', open: 'o' },
  /** The `data-` attributes, by their names in `dataset`. */
  dataset: 'd',
  /** The values of the options that are selected. */
  selected: 's',
  /** The files that the user chose, on request. */
  files: 'fi',
} as const

/** What a field is when it is left out and not empty. */
export const unsaid = { pointerType: 'mouse', fieldType: 'text', selectType: 'select-one' } as const

/** An event, or an element that it names, on the wire. */
export type WireFields = Readonly<Record<string, unknown>>

/**
 * The type of the event that the handler at a path is for: it is left out on the wire. Empty where the path ends in
 * another name than that of an event's prop. Types follow from React's names, but for that of `onDoubleClick`.
 */
export function eventTypeOf(path: string): string {
  const [, name = ''] = /(?:^|\.)on([A-Z][A-Za-z]*?)(?:Capture)?$/.exec(path) ?? []
  return name === 'DoubleClick' ? 'dblclick' : name.toLowerCase()
}
