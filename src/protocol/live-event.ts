/** The field that marks an argument as an event; its value is the event's type. */
export const eventMark = '@event'

/** What travels of an element that an event names. */
export interface SerializedTarget {
  readonly value?: string
  readonly checked?: boolean
  readonly selected?: readonly string[]
  /** Of an `input` or `select`, unless it is `text` or `select-one`. */
  readonly type?: string
  readonly name?: string
  readonly id?: string
  readonly dataset?: Readonly<Record<string, string>>
}

/** What travels of a DOM event. Fields that the event does not have, or that are false, are left out. */
export interface SerializedEvent {
  readonly [eventMark]: string
  readonly target?: SerializedTarget
  readonly currentTarget?: SerializedTarget
  readonly key?: string
  readonly code?: string
  readonly altKey?: boolean
  readonly ctrlKey?: boolean
  readonly metaKey?: boolean
  readonly shiftKey?: boolean
  readonly repeat?: boolean
  readonly button?: number
  readonly clientX?: number
  readonly clientY?: number
  readonly deltaX?: number
  readonly deltaY?: number
  readonly form?: ReadonlyArray<readonly [string, string]>
}
