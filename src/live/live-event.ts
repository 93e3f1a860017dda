// The types of events as handlers on the server get them. Their fields are named and typed as in React and the DOM, so
// that React's own events fit wherever these are asked for; what does not travel is not there.

/** An element that an event names, with the fields that travel. */
export type LiveTarget<T = HTMLElement> = {
  readonly id: string
  /** The `data-` attributes. */
  readonly dataset: Readonly<Record<string, string | undefined>>
} & Readonly<Pick<T, Extract<keyof T, 'name' | 'value' | 'checked' | 'multiple' | 'open'>>> &
  ([T] extends [LiveField] ? { readonly type: string } : unknown) &
  ([T] extends [HTMLSelectElement] ? LiveSelection : unknown)

/** The elements that users fill in. */
export type LiveField = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** What travels of a `select` beside its value. */
export interface LiveSelection {
  /** Of the options, those that are selected: `Array.from(target.selectedOptions, ({ value }) => value)`. */
  readonly selectedOptions: Iterable<{ readonly value: string }> & ArrayLike<{ readonly value: string }>
}

/** The element that an event came from, which may be any inside the one that has the handler. */
export interface LiveOrigin {
  readonly id?: string
  readonly dataset?: Readonly<Record<string, string | undefined>>
  readonly name?: string
  readonly value?: string
  readonly checked?: boolean
  /** Every object has one: without a field that must be there, TypeScript would refuse React's `EventTarget` here. */
  toString(): string
}

/** What every event has. */
export interface LiveEvent<T = HTMLElement> {
  /** As React calls it, such as `click` or `change`. */
  readonly type: string
  readonly target: LiveOrigin
  /** The element that has the handler. */
  readonly currentTarget: LiveTarget<T>
}

/** A change, a piece of input or a move of the focus: its target is typed, as in React. */
export interface LiveChangeEvent<T = LiveField> extends LiveEvent<T> {
  readonly target: LiveTarget<T>
}

/** `onInput` and `onBeforeInput`. */
export interface LiveInputEvent<T = LiveField> extends LiveEvent<T> {
  /** The characters put in, if any. */
  readonly data: string
  /** True while an input method is at work. */
  readonly isComposing: boolean
}

/** `onCompositionStart`, `onCompositionUpdate` and `onCompositionEnd`. */
export interface LiveCompositionEvent<T = LiveField> extends LiveEvent<T> {
  readonly data: string
}

interface Modifiers {
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
}

/** `onKeyDown` and `onKeyUp`. */
export interface LiveKeyboardEvent<T = HTMLElement> extends LiveEvent<T>, Modifiers {
  readonly key: string
  readonly code: string
  readonly repeat: boolean
  /** True while an input method is using the keys. */
  readonly isComposing: boolean
}

/** A mouse event, `onClick` among them. Places are whole pixels. */
export interface LiveMouseEvent<T = HTMLElement> extends LiveEvent<T>, Modifiers {
  /** 0 is the main one. */
  readonly button: number
  /** Those that are down: 1 the main one, 2 the second, 4 the middle one; their sum. */
  readonly buttons: number
  /** From the left of the window. */
  readonly clientX: number
  /** From the top of the window. */
  readonly clientY: number
  /** From the left of `currentTarget`. */
  readonly offsetX: number
  /** From the top of `currentTarget`. */
  readonly offsetY: number
}

/** `onPointerDown` and the like. */
export interface LivePointerEvent<T = HTMLElement> extends LiveMouseEvent<T> {
  readonly pointerId: number
  readonly pointerType: string
  /** 0 to 1. */
  readonly pressure: number
}

/** `onWheel`. */
export interface LiveWheelEvent<T = HTMLElement> extends LiveMouseEvent<T> {
  readonly deltaX: number
  readonly deltaY: number
  /** What the deltas count: 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number
}

/** `onTouchStart` and the like: where the touch is that changed. */
export interface LiveTouchEvent<T = HTMLElement> extends LiveEvent<T>, Modifiers {
  readonly clientX: number
  readonly clientY: number
  readonly offsetX: number
  readonly offsetY: number
}

/** What was pasted or dropped. */
export interface LiveTransfer {
  /** The plain text; empty for any other format. */
  getData(format: 'text' | 'text/plain'): string
}

/** `onPaste`, `onCopy` and `onCut`. Text travels on paste. */
export interface LiveClipboardEvent<T = HTMLElement> extends LiveEvent<T> {
  readonly clipboardData: LiveTransfer
}

/** `onDrop` and the like. Text travels on drop. */
export interface LiveDragEvent<T = HTMLElement> extends LiveMouseEvent<T> {
  readonly dataTransfer: LiveTransfer
}

/** `onSubmit`. */
export interface LiveSubmitEvent<T = HTMLFormElement> extends LiveEvent<T> {
  /** The form's fields, with that of the button that submitted it. */
  readonly formData: FormData
  /** The button that submitted the form. */
  readonly submitter: LiveOrigin | null
  /** Does nothing: a submit that is handled on the server never leaves the page. */
  preventDefault(): void
}

/** `onScroll` and `onScrollEnd`: where it was scrolled to, in pixels. */
export interface LiveScrollEvent<T = HTMLElement> extends LiveEvent<T> {
  readonly currentTarget: LiveTarget<T> & {
    readonly scrollTop: number
    readonly scrollLeft: number
    readonly scrollHeight: number
    readonly scrollWidth: number
    readonly clientHeight: number
    readonly clientWidth: number
  }
}

/** The arguments of a handler with the option `files`: the event has its files. Those of a form are in `formData`. */
export type WithFiles<Args extends readonly unknown[]> = {
  [I in keyof Args]: Args[I] extends { readonly submitter: unknown }
    ? Args[I]
    : Args[I] extends { readonly dataTransfer: LiveTransfer }
      ? Args[I] & { readonly dataTransfer: LiveFiles }
      : Args[I] extends { readonly clipboardData: LiveTransfer }
        ? Args[I] & { readonly clipboardData: LiveFiles }
        : Args[I] extends { readonly currentTarget: unknown }
          ? Args[I] & { readonly target: LiveFiles; readonly currentTarget: LiveFiles }
          : Args[I]
}

/** The files chosen in a file input. */
export interface LiveFiles {
  readonly files: readonly File[]
}
