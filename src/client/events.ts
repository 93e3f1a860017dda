import { eventMark, type SerializedEvent, type SerializedTarget } from '../protocol/live-event.ts'

type Fields = Record<string, unknown>

/** What React or the browser gives to an event handler. */
interface EventLike {
  readonly type: string
  readonly nativeEvent?: Event
  preventDefault(): void
}

/** True for a DOM event, or React's wrapper of one. */
export function isEvent(value: unknown): value is EventLike {
  if (typeof value !== 'object' || value === null) return false
  if (typeof Event !== 'undefined' && value instanceof Event) return true
  return 'nativeEvent' in value && typeof (value as EventLike).preventDefault === 'function'
}

const flags = ['altKey', 'ctrlKey', 'metaKey', 'shiftKey', 'repeat'] as const
const numbers = ['clientX', 'clientY', 'deltaX', 'deltaY'] as const

/** The fields of an event that a handler on the server can use. Those that are empty stay behind. */
export function serializeEvent(event: EventLike): SerializedEvent {
  const native = (event.nativeEvent ?? event) as unknown as Fields
  const out: Fields = { [eventMark]: event.type }
  const { target, currentTarget } = event as unknown as { target: unknown; currentTarget: unknown }
  const targetFields = serializeTarget(target)
  if (targetFields !== undefined) out.target = targetFields
  if (currentTarget !== target) {
    const fields = serializeTarget(currentTarget)
    if (fields !== undefined) out.currentTarget = fields
  }
  if (typeof native.key === 'string') Object.assign(out, { key: native.key, code: native.code })
  for (const name of flags) if (native[name] === true) out[name] = true
  if (native.button) out.button = native.button
  for (const name of numbers) if (native[name]) out[name] = native[name]
  if (event.type === 'submit') out.form = formEntries(native.target, native.submitter)
  return out as unknown as SerializedEvent
}

function serializeTarget(target: unknown): SerializedTarget | undefined {
  if (typeof Element === 'undefined' || !(target instanceof Element)) return undefined
  const out: Fields = {}
  const { value, checked, name, id, dataset, type } = target as HTMLInputElement
  const { selectedOptions } = target as unknown as HTMLSelectElement
  if (typeof value === 'string' && value !== '' && type !== 'file') out.value = value
  else if (target.matches('input, textarea, select')) out.value = ''
  if (typeof checked === 'boolean' && (type === 'checkbox' || type === 'radio')) out.checked = checked
  if (selectedOptions) out.selected = Array.from(selectedOptions, (option) => option.value)
  if (target.matches('input, select') && type !== 'text' && type !== 'select-one') out.type = type
  if (typeof name === 'string' && name !== '') out.name = name
  if (id !== '') out.id = id
  if (dataset !== undefined && Object.keys(dataset).length > 0) out.dataset = { ...dataset }
  return Object.keys(out).length === 0 ? undefined : (out as SerializedTarget)
}

function formEntries(form: unknown, submitter: unknown): [string, string][] {
  if (!(form instanceof HTMLFormElement)) return []
  const data = new FormData(form, submitter instanceof HTMLElement ? submitter : null)
  return [...data].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  )
}

/** What a form or a link would do by itself would leave the page; with a handler on the server it must not. */
export function preventNavigation(event: EventLike): void {
  if (event.type === 'submit') return event.preventDefault()
  if (event.type !== 'click') return
  const { currentTarget } = event as unknown as { currentTarget: unknown }
  if (
    typeof Element !== 'undefined' &&
    currentTarget instanceof Element &&
    currentTarget.matches('a[href]')
  ) {
    event.preventDefault()
  }
}
