import {
  eventFields,
  eventMark,
  eventTypeOf,
  targetFields,
  unsaid,
  type WireFields,
} from '../protocol/live-event.ts'

type Fields = Record<string, unknown>

/** What React or the browser gives to an event handler. */
export interface EventLike {
  readonly type: string
  readonly nativeEvent?: Event
  readonly target: unknown
  readonly currentTarget: unknown
  preventDefault(): void
  stopPropagation(): void
}

/** True for a DOM event, or React's wrapper of one. */
export function isEvent(value: unknown): value is EventLike {
  if (typeof value !== 'object' || value === null) return false
  if (typeof Event !== 'undefined' && value instanceof Event) return true
  return 'nativeEvent' in value && typeof (value as EventLike).preventDefault === 'function'
}

/** The event of the browser behind one of React's. */
export function nativeOf(event: EventLike): Event {
  return event.nativeEvent ?? (event as unknown as Event)
}

/** The element whose handler is being called. */
export function handlingElement({ currentTarget }: EventLike): Element | null {
  return isElement(currentTarget) ? currentTarget : null
}

function isElement(value: unknown): value is Element {
  return typeof Element !== 'undefined' && value instanceof Element
}

/** What an event is serialised for. */
export interface EventUse {
  /** The path of the function called: the type of the event may be in it. */
  readonly path?: string
  /** True where the function wants the event's files. */
  readonly files?: boolean | undefined
}

/** The fields of an event that a handler on the server can use. Those that are empty stay behind. */
export function serializeEvent(event: EventLike, { path = '', files = false }: EventUse = {}): WireFields {
  const { texts, numbers, flags, targets } = eventFields
  const native = nativeOf(event) as unknown as Fields
  const { type, target, currentTarget } = event
  const out: Fields = { [eventMark]: placeOf(native, currentTarget) }
  if (type !== eventTypeOf(path)) out[texts.type] = type
  const isScroll = type.startsWith('scroll')
  setTarget(out, targets.target, target, { files, scroll: isScroll })
  if (currentTarget !== target)
    setTarget(out, targets.currentTarget, currentTarget, { files, scroll: isScroll })
  for (const [name, short] of Object.entries(flags)) if (native[name] === true) out[short] = true
  for (const name of ['key', 'code', 'data', 'inputType'] as const) set(out, texts[name], native[name])
  if (native.pointerType !== unsaid.pointerType) set(out, texts.pointerType, native.pointerType)
  for (const name of ['button', 'buttons', 'deltaX', 'deltaY', 'deltaMode'] as const) {
    set(out, numbers[name], rounded(native[name]))
  }
  if (/^(got|lost)?pointer/.test(type)) {
    for (const name of ['pointerId', 'pressure'] as const) set(out, numbers[name], rounded(native[name]))
  }
  if (type === 'submit') setForm(out, native, files)
  if (type === 'paste' || type === 'drop') {
    setTransfer(out, (native.clipboardData ?? native.dataTransfer) as DataTransfer | null, files)
  }
  serialized.add(out)
  return out
}

const serialized = new WeakSet<object>()

/** True for what {@link serializeEvent} made; data of the application may look the same. */
export function isSerializedEvent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && serialized.has(value)
}

function set(out: Fields, name: string, value: unknown): void {
  if ((typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0))
    out[name] = value
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value
}

/** Where the pointer is: in the window, and in the element that has the handler. */
function placeOf(native: Fields, currentTarget: unknown): readonly number[] | 0 {
  const [touch] = (native.changedTouches ?? []) as Fields[]
  const { clientX, clientY } = touch ?? native
  if (typeof clientX !== 'number' || typeof clientY !== 'number') return 0
  const { left, top } = isElement(currentTarget) ? currentTarget.getBoundingClientRect() : { left: 0, top: 0 }
  const place = [clientX, clientY, clientX - left, clientY - top].map((n) => Math.round(n) + 0)
  while (place.at(-1) === 0) place.pop()
  return place
}

interface TargetUse {
  readonly files: boolean
  readonly scroll: boolean
}

function setTarget(out: Fields, name: string, target: unknown, use: TargetUse): void {
  if (!isElement(target)) return
  const fields = serializeTarget(target, use)
  if (Object.keys(fields).length > 0) out[name] = fields
}

function serializeTarget(target: Element, { files, scroll }: TargetUse): Fields {
  const { texts, numbers, flags } = targetFields
  const out: Fields = {}
  const { value, checked, name, id, dataset, type, files: chosen } = target as HTMLInputElement
  const { open } = target as HTMLDetailsElement
  const { selectedOptions } = target as unknown as HTMLSelectElement
  set(out, texts.id, id)
  set(out, texts.name, name)
  if (type !== 'file' && typeof value === 'string') set(out, texts.value, value)
  if (target.matches('input, select, textarea') && type !== unsaid.fieldType && type !== unsaid.selectType) {
    set(out, texts.type, type)
  }
  if (checked === true) out[flags.checked] = true
  if (open === true) out[flags.open] = true
  if (selectedOptions) out[targetFields.selected] = Array.from(selectedOptions, (option) => option.value)
  if (dataset !== undefined && Object.keys(dataset).length > 0) out[targetFields.dataset] = { ...dataset }
  if (files && chosen && chosen.length > 0) out[targetFields.files] = [...chosen]
  if (scroll) {
    for (const [each, short] of Object.entries(numbers)) {
      set(out, short, Math.round((target as unknown as Record<string, number>)[each] ?? 0))
    }
  }
  return out
}

function setForm(out: Fields, { target, submitter }: Fields, files: boolean): void {
  if (!(target instanceof HTMLFormElement)) return
  const data = new FormData(target, submitter instanceof HTMLElement ? submitter : null)
  out[eventFields.form] = [...data].filter(
    ([, value]) => typeof value === 'string' || (files && value.size > 0),
  )
  // Said even where it has nothing to say of itself: that there is one.
  if (isElement(submitter)) {
    out[eventFields.targets.submitter] = serializeTarget(submitter, { files: false, scroll: false })
  }
}

function setTransfer(out: Fields, transfer: DataTransfer | null, files: boolean): void {
  set(out, eventFields.texts.text, transfer?.getData('text/plain'))
  if (files && transfer !== null && transfer.files.length > 0) out[eventFields.files] = [...transfer.files]
}

/** What a form or a link would do by itself would leave the page; with a handler on the server it must not. */
export function preventNavigation(event: EventLike): void {
  if (event.type === 'submit' || (event.type === 'click' && followsLink(event))) event.preventDefault()
}

/** True for a click on a link, inside the element that has the handler, that would open it in place of the page. */
function followsLink(event: EventLike): boolean {
  const { button, ctrlKey, metaKey, shiftKey, altKey } = nativeOf(event) as MouseEvent
  // The browser opens it elsewhere, or saves it.
  if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return false
  const { target, currentTarget } = event
  const link = isElement(target) ? target.closest('a[href], area[href]') : null
  if (link === null || !isElement(currentTarget) || !currentTarget.contains(link)) return false
  const stays = /^(_self)?$/i.test(link.getAttribute('target') ?? '')
  return stays && !link.hasAttribute('download') && !opensBeside.test(link.getAttribute('href') ?? '')
}

/** Addresses such as `mailto:`, which the browser opens without leaving the page. */
const opensBeside = /^\s*(?!https?:)[a-z][a-z\d+.-]*:/i
