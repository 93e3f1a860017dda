const calls = new WeakMap<Event, Promise<unknown>[]>()

/** Remembers that a handler on the server was called for this event of the browser. */
export function noteCall(event: Event, answer: Promise<unknown>): void {
  const known = calls.get(event)
  if (known === undefined) calls.set(event, [answer])
  else known.push(answer)
  const { target } = event
  if (isField(target)) noteEdit(event, target, answer)
}

/** The answers of all calls that an event has started so far, its bubbling included. */
export function callsOf(event: Event): readonly Promise<unknown>[] {
  return calls.get(event) ?? []
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

/** The fields that have a call under way, once for each. */
const edits = new Set<{ readonly event: Event; readonly field: Field }>()

function noteEdit(event: Event, field: Field, answer: Promise<unknown>): void {
  const edit = { event, field }
  const end = () => edits.delete(edit)
  edits.add(edit)
  answer.then(end, end)
}

/**
 * True when a function that is called now must know of edits that are not answered yet, as it would in client React:
 * for an event of a field, of all edits, and for another in a form, of those of its fields. An event elsewhere, such as
 * a click in a list, is for what is on the screen; a call that waited for its time is taken to come from a field.
 */
export function followsEdits(): boolean {
  const { event } = window
  // All handlers of one event are for the render that it happened on.
  const before = [...edits].filter((edit) => edit.event !== event)
  if (before.length === 0 || leaving) return false
  const target = event?.target ?? null
  if (!(target instanceof Element) || isField(target)) return true
  const form = target.closest('form')
  return form !== null && before.some(({ field }) => field.form === form)
}

/** True while an event of a field is being handled. */
export function isEditing(): boolean {
  return !leaving && isField(window.event?.target ?? null)
}

let leaving = false

/** Makes calls of functions that are about to go from the screen: no newer render than the one on it has them. */
export function callWhileLeaving(call: () => void): void {
  leaving = true
  try {
    call()
  } finally {
    leaving = false
  }
}

function isField(target: EventTarget | null): target is Field {
  return target instanceof Element && target.matches('input, select, textarea')
}
