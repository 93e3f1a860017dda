import { eventMark, type SerializedEvent, type SerializedTarget } from '../protocol/live-event.ts'

/**
 * A DOM event on the server: the fields that travelled. Its methods do nothing here, for the browser has acted long
 * ago; they exist so that handlers written for the browser run unchanged.
 */
export class LiveEvent {
  readonly type: string
  readonly target: SerializedTarget
  readonly currentTarget: SerializedTarget
  /** The fields of the form, on submit. */
  readonly formData: FormData | undefined

  readonly key: string | undefined
  readonly code: string | undefined
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly repeat: boolean
  readonly button: number
  readonly clientX: number
  readonly clientY: number
  readonly deltaX: number
  readonly deltaY: number

  /** `event` is what a browser sent: only the fields known here are taken from it. */
  constructor(event: SerializedEvent) {
    this.type = String(event[eventMark])
    this.target = targetOf(event.target)
    this.currentTarget = event.currentTarget === undefined ? this.target : targetOf(event.currentTarget)
    this.formData = event.form === undefined ? undefined : formDataOf(event.form)
    this.key = event.key
    this.code = event.code
    this.altKey = event.altKey === true
    this.ctrlKey = event.ctrlKey === true
    this.metaKey = event.metaKey === true
    this.shiftKey = event.shiftKey === true
    this.repeat = event.repeat === true
    this.button = Number(event.button ?? 0)
    this.clientX = Number(event.clientX ?? 0)
    this.clientY = Number(event.clientY ?? 0)
    this.deltaX = Number(event.deltaX ?? 0)
    this.deltaY = Number(event.deltaY ?? 0)
  }

  preventDefault(): void {}
  stopPropagation(): void {}
  persist(): void {}
}

/** With what handlers written for the browser read of a `select`; the options that are not selected did not travel. */
function targetOf(target: SerializedTarget = {}): SerializedTarget {
  if (!Array.isArray(target.selected)) return target
  const options = target.selected.map((value) => ({ value: String(value), selected: true }))
  const multiple = target.type === 'select-multiple'
  return { type: 'select-one', ...target, multiple, options, selectedOptions: options } as SerializedTarget
}

function formDataOf(entries: unknown): FormData {
  const form = new FormData()
  if (!Array.isArray(entries)) return form
  for (const entry of entries) if (Array.isArray(entry)) form.append(String(entry[0]), String(entry[1]))
  return form
}

/** Turns an argument that is marked as an event into one. */
export function reviveEvents(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !Object.hasOwn(argument, eventMark))
    return argument
  return new LiveEvent(argument as SerializedEvent)
}
