import { dataMark } from '../protocol/argument-marks.ts'
import {
  eventFields,
  eventMark,
  eventTypeOf,
  targetFields,
  unsaid,
  type WireFields,
} from '../protocol/live-event.ts'

const { texts, numbers, flags, targets } = eventFields

/**
 * A DOM event on the server: the fields that travelled, named as in the browser. A browser may send anything in them:
 * each is taken as its type, or as empty, and only when a handler asks, for one comes with every click and few are read.
 * Its methods do nothing here, for the browser has acted long ago; they are there so that handlers written for the
 * browser run unchanged.
 */
class ReceivedEvent {
  private readonly place: readonly unknown[]
  private known: Known | null = null

  constructor(
    private readonly fields: WireFields,
    private readonly path: string,
  ) {
    this.place = listOf(fields[eventMark])
  }

  get type(): string {
    return textOf(this.fields[texts.type]) || eventTypeOf(this.path)
  }

  get target(): ReceivedTarget {
    return this.objects.target
  }

  get currentTarget(): ReceivedTarget {
    return this.objects.currentTarget
  }

  get submitter(): ReceivedTarget | null {
    return this.objects.submitter
  }

  get formData(): FormData | undefined {
    return this.objects.formData
  }

  get clipboardData(): ReceivedTransfer {
    return this.objects.transfer
  }

  get dataTransfer(): ReceivedTransfer {
    return this.objects.transfer
  }

  get pointerType(): string {
    return textOf(this.fields[texts.pointerType], unsaid.pointerType)
  }

  get clientX(): number {
    return numberOf(this.place[0])
  }

  get clientY(): number {
    return numberOf(this.place[1])
  }

  get offsetX(): number {
    return numberOf(this.place[2])
  }

  get offsetY(): number {
    return numberOf(this.place[3])
  }

  get key(): string {
    return textOf(this.fields[texts.key])
  }

  get code(): string {
    return textOf(this.fields[texts.code])
  }

  get data(): string {
    return textOf(this.fields[texts.data])
  }

  get inputType(): string {
    return textOf(this.fields[texts.inputType])
  }

  get button(): number {
    return numberOf(this.fields[numbers.button])
  }

  get buttons(): number {
    return numberOf(this.fields[numbers.buttons])
  }

  get pointerId(): number {
    return numberOf(this.fields[numbers.pointerId])
  }

  get pressure(): number {
    return numberOf(this.fields[numbers.pressure])
  }

  get deltaX(): number {
    return numberOf(this.fields[numbers.deltaX])
  }

  get deltaY(): number {
    return numberOf(this.fields[numbers.deltaY])
  }

  get deltaMode(): number {
    return numberOf(this.fields[numbers.deltaMode])
  }

  get altKey(): boolean {
    return this.fields[flags.altKey] === true
  }

  get ctrlKey(): boolean {
    return this.fields[flags.ctrlKey] === true
  }

  get metaKey(): boolean {
    return this.fields[flags.metaKey] === true
  }

  get shiftKey(): boolean {
    return this.fields[flags.shiftKey] === true
  }

  get repeat(): boolean {
    return this.fields[flags.repeat] === true
  }

  get isComposing(): boolean {
    return this.fields[flags.isComposing] === true
  }

  preventDefault(): void {}
  stopPropagation(): void {}
  persist(): void {}

  /** Made once: who asks twice gets the same. */
  private get objects(): Known {
    this.known ??= knownOf(this.fields)
    return this.known
  }
}

interface Known {
  readonly target: ReceivedTarget
  readonly currentTarget: ReceivedTarget
  readonly submitter: ReceivedTarget | null
  readonly formData: FormData | undefined
  readonly transfer: ReceivedTransfer
}

function knownOf(fields: WireFields): Known {
  const target = targetOf(fields[targets.target])
  const current = fields[targets.currentTarget]
  const submitter = fields[targets.submitter]
  const form = fields[eventFields.form]
  return {
    target,
    currentTarget: current === undefined ? target : targetOf(current),
    submitter: submitter === undefined ? null : targetOf(submitter),
    formData: form === undefined ? undefined : formDataOf(listOf(form)),
    transfer: transferOf(fields[texts.text], fields[eventFields.files]),
  }
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
