import type * as React from 'react'
import type {
  LiveChangeEvent,
  LiveClipboardEvent,
  LiveCompositionEvent,
  LiveDragEvent,
  LiveEvent,
  LiveInputEvent,
  LiveKeyboardEvent,
  LiveMouseEvent,
  LivePointerEvent,
  LiveScrollEvent,
  LiveSubmitEvent,
  LiveTouchEvent,
  LiveWheelEvent,
} from './live-event.ts'

/** The live event in place of one of React's. The native event tells React's apart; some are like others with more. */
type LiveOf<Name, Native, T> = Name extends `onChange${string}` | `onFocus${string}` | `onBlur${string}`
  ? LiveChangeEvent<T>
  : Name extends `onScroll${string}`
    ? LiveScrollEvent<T>
    : Name extends `onSubmit${string}`
      ? LiveSubmitEvent<T>
      : Native extends WheelEvent
        ? LiveWheelEvent<T>
        : Native extends DragEvent
          ? LiveDragEvent<T>
          : Native extends PointerEvent
            ? LivePointerEvent<T>
            : Native extends MouseEvent
              ? LiveMouseEvent<T>
              : Native extends TouchEvent
                ? LiveTouchEvent<T>
                : Native extends KeyboardEvent
                  ? LiveKeyboardEvent<T>
                  : Native extends InputEvent
                    ? LiveInputEvent<T> & LiveChangeEvent<T>
                    : Native extends CompositionEvent
                      ? LiveCompositionEvent<T>
                      : Native extends ClipboardEvent
                        ? LiveClipboardEvent<T>
                        : LiveEvent<T>

type LiveHandler<Name, Handler, T> =
  NonNullable<Handler> extends (event: infer E extends { nativeEvent: unknown }) => void
    ? ((event: LiveOf<Name, E['nativeEvent'], T>) => void) | Extract<Handler, undefined>
    : Handler

type LiveProps<Props, T> = {
  [Name in keyof Props as Name extends 'ref' ? never : Name]: Name extends `on${string}`
    ? LiveHandler<Name, Props[Name], T>
    : Props[Name]
} & { readonly ref?: never }

type ElementOf<Tag> = Tag extends keyof HTMLElementTagNameMap
  ? HTMLElementTagNameMap[Tag]
  : Tag extends keyof SVGElementTagNameMap
    ? SVGElementTagNameMap[Tag]
    : HTMLElement

type LiveElements = {
  [Tag in keyof React.JSX.IntrinsicElements]: LiveProps<React.JSX.IntrinsicElements[Tag], ElementOf<Tag>>
}

/**
 * JSX of live components: as React's, but that handlers of host elements get live events, and that host elements have no
 * `ref`, for their nodes are in the browser.
 */
export namespace JSX {
  export type ElementType = React.JSX.ElementType
  export type LibraryManagedAttributes<C, P> = React.JSX.LibraryManagedAttributes<C, P>
  export interface Element extends React.JSX.Element {}
  export interface ElementClass extends React.JSX.ElementClass {}
  export interface ElementAttributesProperty extends React.JSX.ElementAttributesProperty {}
  export interface ElementChildrenAttribute extends React.JSX.ElementChildrenAttribute {}
  export interface IntrinsicAttributes extends React.JSX.IntrinsicAttributes {}
  export interface IntrinsicClassAttributes<T> extends React.JSX.IntrinsicClassAttributes<T> {}
  export interface IntrinsicElements extends LiveElements {}
}
