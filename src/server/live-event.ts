import { dataMark } from '../protocol/argument-marks.ts'
import {
  eventFields,
  eventMark,
  eventTypeOf,
  targetFields,
  unsaid,
  type WireFields,
} from '../protocol/live-event.ts'

// A browser may send anything in these fields: each is taken as its type, or as empty. They are spelled out, for this
// runs at every click, and a loop over the table takes several times as long.

const { texts, numbers, flags, targets } = eventFields

/**
 * A DOM event on the server: the fields that travelled, named as in the browser. Its methods do nothing here, for the
 * browser has acted long ago; they are there so that handlers written for the browser run unchanged.
 */
class ReceivedEvent {
  readonly type: string
  readonly target: ReceivedTarget
  readonly currentTarget: ReceivedTarget
  readonly key: string
  readonly code: string
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly repeat: boolean
  readonly isComposing: boolean
  readonly data: string
  readonly inputType: string
  readonly button: number
  readonly buttons: number
  readonly clientX: number
  readonly clientY: number
  readonly offsetX: number
  readonly offsetY: number
  readonly pointerType: string
  readonly pointerId: number
  readonly pressure: number
  readonly deltaX: number
  readonly deltaY: number
  readonly deltaMode: number
  readonly formData: FormData | undefined
  readonly submitter: ReceivedTarget | null
  readonly clipboardData: ReceivedTransfer
  readonly dataTransfer: ReceivedTransfer

  constructor(fields: WireFields, path: string) {
    const [clientX, clientY, offsetX, offsetY] = listOf(fields[eventMark])
    const current = fields[targets.currentTarget]
    const submitter = fields[targets.submitter]
    const form = fields[eventFields.form]
    this.type = textOf(fields[texts.type], '') || eventTypeOf(path)
    this.target = targetOf(fields[targets.target])
    this.currentTarget = current === undefined ? this.target : targetOf(current)
    this.key = textOf(fields[texts.key])
    this.code = textOf(fields[texts.code])
    this.altKey = fields[flags.altKey] === true
    this.ctrlKey = fields[flags.ctrlKey] === true
    this.metaKey = fields[flags.metaKey] === true
    this.shiftKey = fields[flags.shiftKey] === true
    this.repeat = fields[flags.repeat] === true
    this.isComposing = fields[flags.isComposing] === true
    this.data = textOf(fields[texts.data])
    this.inputType = textOf(fields[texts.inputType])
    this.button = numberOf(fields[numbers.button])
    this.buttons = numberOf(fields[numbers.buttons])
    this.clientX = numberOf(clientX)
    this.clientY = numberOf(clientY)
    this.offsetX = numberOf(offsetX)
    this.offsetY = numberOf(offsetY)
    this.pointerType = textOf(fields[texts.pointerType], unsaid.pointerType)
    this.pointerId = numberOf(fields[numbers.pointerId])
    this.pressure = numberOf(fields[numbers.pressure])
    this.deltaX = numberOf(fields[numbers.deltaX])
    this.deltaY = numberOf(fields[numbers.deltaY])
    this.deltaMode = numberOf(fields[numbers.deltaMode])
    this.formData = form === undefined ? undefined : formDataOf(listOf(form))
    this.submitter = submitter === undefined ? null : targetOf(submitter)
    this.clipboardData = this.dataTransfer = transferOf(fields[texts.text], fields[eventFields.files])
  }

  preventDefault(): void {}
  stopPropagation(): void {}
  persist(): void {}
}

/** An element that an event names. */
class ReceivedTarget {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly checked: boolean
  readonly open: boolean
  readonly dataset: Readonly<Record<string, string>>
  readonly type: string
  readonly multiple: boolean
  /** With what handlers written for the browser read of a `select`; the options that are not selected did not travel. */
  readonly selectedOptions: readonly { readonly value: string; readonly selected: true }[]
  readonly options: ReceivedTarget['selectedOptions']
  readonly files: readonly Blob[]
  readonly scrollTop: number
  readonly scrollLeft: number
  readonly scrollHeight: number
  readonly scrollWidth: number
  readonly clientHeight: number
  readonly clientWidth: number

  constructor(fields: WireFields) {
    const { texts, numbers, flags } = targetFields
    const selected = fields[targetFields.selected]
    this.id = textOf(fields[texts.id])
    this.name = textOf(fields[texts.name])
    this.value = textOf(fields[texts.value])
    this.checked = fields[flags.checked] === true
    this.open = fields[flags.open] === true
    this.dataset = datasetOf(fields[targetFields.dataset])
    this.type = textOf(fields[texts.type], selected === undefined ? unsaid.fieldType : unsaid.selectType)
    this.multiple = this.type === 'select-multiple'
    this.selectedOptions = listOf(selected).map((value) => ({ value: textOf(value), selected: true }))
    this.options = this.selectedOptions
    this.files = filesOf(fields[targetFields.files])
    this.scrollTop = numberOf(fields[numbers.scrollTop])
    this.scrollLeft = numberOf(fields[numbers.scrollLeft])
    this.scrollHeight = numberOf(fields[numbers.scrollHeight])
    this.scrollWidth = numberOf(fields[numbers.scrollWidth])
    this.clientHeight = numberOf(fields[numbers.clientHeight])
    this.clientWidth = numberOf(fields[numbers.clientWidth])
  }
}

/** Most elements say nothing of themselves. Nobody can change it for others: it is frozen, and so is what is in it. */
const silent = Object.freeze(new ReceivedTarget({}))
for (const value of Object.values(silent)) Object.freeze(value)

function targetOf(fields: unknown): ReceivedTarget {
  return typeof fields === 'object' && fields !== null ? new ReceivedTarget(fields as WireFields) : silent
}

interface ReceivedTransfer {
  readonly files: readonly Blob[]
  getData(format: string): string
}

const nothing: ReceivedTransfer = Object.freeze({ files: Object.freeze([]) as [], getData: () => '' })

function transferOf(text: unknown, files: unknown): ReceivedTransfer {
  if (text === undefined && files === undefined) return nothing
  const getData = (format: string) => (format === 'text' || format === 'text/plain' ? textOf(text) : '')
  return { files: filesOf(files), getData }
}

function datasetOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  const entries = Object.entries(value).filter(([, text]) => typeof text === 'string')
  return Object.fromEntries(entries)
}

function filesOf(value: unknown): Blob[] {
  return listOf(value).filter((file) => file instanceof Blob)
}

function formDataOf(entries: readonly unknown[]): FormData {
  const form = new FormData()
  for (const entry of entries) {
    const [name, value] = listOf(entry)
    if (value instanceof Blob) form.append(textOf(name), value)
    else form.append(textOf(name), textOf(value))
  }
  return form
}

function textOf(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * Turns those arguments that are marked as events into events.
 *
 * @param path that of the function called: the type of the event is in it.
 */
export function reviveEvents(args: readonly unknown[], path: string): unknown[] {
  return args.map((argument) => {
    if (typeof argument !== 'object' || argument === null) return argument
    if (Object.hasOwn(argument, dataMark)) return (argument as WireFields)[dataMark]
    if (!Object.hasOwn(argument, eventMark)) return argument
    return new ReceivedEvent(argument as WireFields, path)
  })
}
