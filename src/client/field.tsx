import { Component, type ReactNode, type Ref, type RefCallback, startTransition } from 'react'
import { callsOf } from './calls-of-event.ts'
import { type Caret, readCaret, restoreCaret } from './caret.ts'
import {
  type ControlProp,
  controlProp,
  type Edit,
  type FieldElement,
  type FieldProps,
  type FieldTag,
  fits,
  readEdit,
} from './field-value.ts'
import { mergeRefs } from './merge-refs.ts'
import { listenToGroup, tellGroup } from './radio-group.ts'
import { rebuild } from './rebuild.ts'

type Field = (props: FieldProps) => ReactNode

// Functions around the class, for React would give a class's `ref` the instance in place of the DOM element.
function Input(props: FieldProps): ReactNode {
  return <FieldHost tag="input" props={props} />
}

function Select(props: FieldProps): ReactNode {
  return <FieldHost tag="select" props={props} />
}

function Textarea(props: FieldProps): ReactNode {
  return <FieldHost tag="textarea" props={props} />
}

const fields = new Map<unknown, Field>([
  ['input', Input],
  ['select', Select],
  ['textarea', Textarea],
])

/** The component that stands for a host element in live content; undefined for those that the user cannot change. */
export function fieldFor(type: unknown): Field | undefined {
  return fields.get(type)
}

interface Given {
  readonly tag: FieldTag
  readonly props: FieldProps
}

interface State {
  /** What the user made of the field, while that is not answered; shown in place of the server's value. */
  readonly edit: Edit | null
}

interface ReactEvent {
  readonly nativeEvent: Event
  readonly currentTarget: EventTarget
}

/**
 * An `input`, `select` or `textarea` of live content. After every change React sets a controlled field back to its
 * prop, which here follows a round trip later: until then, what the user entered takes the place of the prop.
 *
 * It is a class for `getSnapshotBeforeUpdate`: only there is the caret still where the user had it.
 */
class FieldHost extends Component<Given, State, Caret | null> {
  override state: State = { edit: null }
  /** Those on screen: React gives `this.props` to every render that it begins, also where it has to wait to show it. */
  private shown: FieldProps = this.props.props
  private element: FieldElement | null = null
  /** Edits with calls under way. */
  private unanswered = 0
  private composing = false
  /** What a `select` tells of a choice by before its change event; the handler may be for either. */
  private chosenBy: Event | null = null

  override render(): ReactNode {
    const { tag, props } = this.props
    const control = controlProp(tag, props)
    // A copy: React's development build marks the props of an element that has a key, and would warn of it.
    const shown = control === null ? { ...props } : this.controlled(control)
    return rebuild({ type: tag, props, key: null }, shown)
  }

  private controlled(control: ControlProp): FieldProps {
    const { props } = this.props
    const { edit } = this.state
    return {
      ...props,
      ...(edit !== null && fits(edit, control, this.props.tag, props) ? { [control]: edit.value } : {}),
      // Not `onChange`, for React warns of a controlled field that has none.
      onChangeCapture: this.change,
      ...(this.props.tag === 'select' ? { onInputCapture: this.choose } : {}),
      onCompositionStartCapture: this.compose,
      onCompositionEndCapture: this.composed,
      ref: this.refWith(props.ref as Ref<FieldElement>),
    }
  }

  override getSnapshotBeforeUpdate(): Caret | null {
    return readCaret(this.element)
  }

  override componentDidMount(): void {
    this.shown = this.props.props
  }

  override componentDidUpdate(_props: Given, _state: State, caret: Caret | null): void {
    this.shown = this.props.props
    if (caret !== null) restoreCaret(this.element, caret)
  }

  private readonly change = (event: ReactEvent): void => {
    this.hold(event.nativeEvent)
    tellGroup(event.currentTarget as Element, event.nativeEvent)
    this.forward('onChangeCapture', event)
  }

  private readonly choose = (event: ReactEvent): void => {
    this.chosenBy = event.nativeEvent
    this.forward('onInputCapture', event)
  }

  /** Shows what the browser shows until the calls that this event starts are answered. */
  private readonly hold = (event: Event): void => {
    const edit = this.read()
    if (edit === null) return
    const { chosenBy } = this
    this.chosenBy = null
    const calls = () => [...(chosenBy === null ? [] : callsOf(chosenBy)), ...callsOf(event)]
    this.unanswered++
    // React runs this when all handlers of the event have run, and before it sets controlled fields back. Without a
    // call nothing will come of the edit, and React may undo it.
    this.setState(() => (calls().length > 0 ? { edit } : null))
    queueMicrotask(async () => {
      await Promise.allSettled(calls())
      this.unanswered--
      this.release()
    })
  }

  /** Back to the server's value: in a transition, for the frame with the last answer may be in one. */
  private release(): void {
    if (this.unanswered > 0 || this.composing || this.state.edit === null) return
    startTransition(() => this.setState({ edit: null }))
  }

  /** An input method breaks off when the text that it works on is set. */
  private readonly compose = (event: ReactEvent): void => {
    this.composing = true
    this.setState({ edit: this.read() })
    this.forward('onCompositionStartCapture', event)
  }

  private readonly composed = (event: ReactEvent): void => {
    this.composing = false
    this.release()
    this.forward('onCompositionEndCapture', event)
  }

  private forward(name: string, event: ReactEvent): void {
    const own = this.shown[name]
    if (typeof own === 'function') own(event)
  }

  private read(): Edit | null {
    const control = controlProp(this.props.tag, this.shown)
    return control === null || this.element === null ? null : readEdit(this.element, control)
  }

  private readonly attach: RefCallback<FieldElement> = (element) => {
    this.element = element
    if (element !== null) listenToGroup(element, this.hold)
  }

  private merged: { readonly ref: Ref<FieldElement>; readonly both: RefCallback<FieldElement> } | null = null

  /** Live content has no refs, but a client component may clone it with one. */
  private refWith(ref: Ref<FieldElement> | undefined): RefCallback<FieldElement> {
    if (ref === undefined || ref === null) return this.attach
    if (this.merged?.ref !== ref) this.merged = { ref, both: mergeRefs(this.attach, ref) }
    return this.merged.both
  }
}
