/**
 * A program of the test as plain data: a tree, and what is done to it. One set of components interprets it in both
 * worlds. Names, keys and types come from small sets, so that the variants of a tree collide often.
 */
export interface Program {
  readonly root: Spec
  /** Promises that are settled from the start; the others are settled by steps. */
  readonly ready: readonly number[]
  /** Promises that reject. */
  readonly failing: readonly number[]
  /**
   * What arrives during a stall is delivered all at once at its end. React and the server then make one update of
   * several, so that nodes and browser state may survive which a step between would have removed.
   */
  readonly flood: boolean
  /** How many frames the server sends ahead of the browser. */
  readonly window: number
  readonly steps: readonly Step[]
  /** The user and the others do not wait for one another: see `hurried.ts`. */
  readonly hurry?: Hurry | null | undefined
}

/** How far away the server is, and when the steps are done. */
export interface Hurry {
  readonly latencyMs: number
  readonly jitterMs: number
  /** How late timers may be. */
  readonly lateByMs: number
  /** Up to how much time is gone at each look at the clock: React then stops in the middle of renders. */
  readonly stolenMs: number
  /** Of what is drawn: every message's part of the jitter, and how late each timer is. */
  readonly seed: number
  /** How long after each step the next one is, in milliseconds; over again when they are used up. */
  readonly pauses: readonly number[]
}

export type Step =
  | { readonly do: 'set'; readonly sets: readonly { readonly name: Target; readonly value: number }[] }
  | { readonly do: 'store'; readonly store: number; readonly value: number }
  | { readonly do: 'resolve'; readonly which: number }
  | { readonly do: 'click' | 'bump'; readonly nth: number }
  | { readonly do: 'type'; readonly nth: number; readonly text: string }
  | { readonly do: 'stall' | 'resume' }
  /** A user changes a field; `how` says to what. */
  | { readonly do: 'edit'; readonly nth: number; readonly how: number }
  /** By nothing, by its button, or by the button with an action of its own. */
  | { readonly do: 'submit'; readonly nth: number; readonly by: 'script' | 'button' | 'other' }
  /** Somebody else changes what one of the components with an `act` of its own holds. */
  | { readonly do: 'other'; readonly nth: number; readonly how: number; readonly row: number }
  /** Waits until nothing is under way. */
  | { readonly do: 'rest' }

/** A name, or the place of one among those that are mounted. */
export type Target = string | number

export type Scalar = string | number | bigint | boolean | null | undefined

export type Flavor =
  | 'state'
  | 'reducer'
  | 'class'
  | 'memo'
  | 'compare'
  | 'forward'
  | 'memoForward'
  | 'store'
  | 'deferred'
  | 'transition'
  | 'layout'
  | 'effect'
  | 'cached'

export type WrapFlavor = 'plain' | 'host' | 'twice' | 'keyed' | 'toArray' | 'props' | 'fragment' | 'context'

export type WidgetName = 'Counter' | 'Field' | 'Show' | 'Theme' | 'Themed'

interface Keyed {
  readonly key?: string | undefined
}

export type Spec =
  | { readonly kind: 'text'; readonly value: Scalar }
  | { readonly kind: 'long'; readonly size: number }
  /** The state of the box around. */
  | { readonly kind: 'now' }
  | ({ readonly kind: 'id' } & Keyed)
  | ElementSpec
  | InputSpec
  | { readonly kind: 'list'; readonly children: readonly Spec[] }
  /** `bare`: an only child is left alone. */
  | ({ readonly kind: 'fragment'; readonly children: readonly Spec[]; readonly bare?: boolean } & Keyed)
  /** A keyed list whose order depends on the state of the box around. */
  | {
      readonly kind: 'order'
      readonly items: readonly Spec[]
      readonly orders: readonly (readonly number[])[]
    }
  | { readonly kind: 'rows'; readonly count: number }
  | BoxSpec
  | WrapSpec
  | WidgetSpec
  | PressSpec
  | RowsSpec
  | FieldSpec
  | FormSpec
  | HopeSpec
  | LaterSpec
  | ({ readonly kind: 'provide'; readonly context: number; readonly value: number | 'now' } & Parent)
  | ({ readonly kind: 'consume'; readonly context: number; readonly how: 'use' | 'Consumer' } & Keyed)
  | ({ readonly kind: 'catch'; readonly name: string } & Parent)
  | ({ readonly kind: 'suspense'; readonly label: string } & Parent)
  | ({ readonly kind: 'activity'; readonly hidden: readonly boolean[] } & Parent)
  | ({ readonly kind: 'profiler' } & Parent)
  | AwaitSpec
  /** Its child, with a small change in every other state of the box around. */
  | { readonly kind: 'turn'; readonly child: Spec; readonly change: number; readonly by: number }
  /** Throws when the state of the box around is `at`. */
  | { readonly kind: 'throw'; readonly at: number }

type Parent = Keyed & { readonly children: readonly Spec[] }

export interface ElementSpec extends Parent {
  readonly kind: 'el'
  readonly tag: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Attributes that the element has only in some states of the box around. */
  readonly sometimes: Readonly<Record<string, unknown>>
}

export interface InputSpec extends Keyed {
  readonly kind: 'input'
  readonly type: 'text' | 'checkbox' | 'textarea' | 'select' | 'uncontrolled'
}

/** An element with a handler for clicks. */
export interface PressSpec extends Parent {
  readonly kind: 'press'
  readonly tag: 'button' | 'div' | 'b'
  /** The boxes that it changes. */
  readonly name: string
  /** Sets what it knows of, plus one; adds one to what there is; does the first to one box and the second to another. */
  readonly does: 'set' | 'add' | 'both'
  readonly stop: boolean
  readonly capture: boolean
  /** Only in some states of the box around. */
  readonly sometimes: boolean
}

/** A keyed list with handlers in each row, which change the row and its place. */
export interface RowsSpec extends Keyed {
  readonly kind: 'rows of'
  readonly name: string
  readonly count: number
  /** What a row is: elements, a component of the server, one of the browser. */
  readonly row: 'inline' | 'component' | 'client'
  /** With a text field in each row. */
  readonly fields: boolean
}

export type FieldType = 'text' | 'textarea' | 'checkbox' | 'radio' | 'select' | 'multiple'

/** What the server makes of what was entered. */
export type Rewrite = 'keep' | 'upper' | 'short' | 'ignore' | 'mask' | 'clear'

export interface FieldSpec extends Keyed {
  readonly kind: 'field'
  readonly name: string
  readonly type: FieldType
  readonly rewrite: Rewrite
  readonly prop: 'onChange' | 'onInput'
}

export interface FormSpec extends Keyed {
  readonly kind: 'form'
  readonly name: string
  readonly how: 'action' | 'onSubmit'
  /** How long an action takes, in milliseconds; 0 for one that is not async. */
  readonly takesMs: number
  readonly rewrite: Rewrite
}

/** A component of the browser that shows what it expects of a function of the server. */
export interface HopeSpec extends Keyed {
  readonly kind: 'hope'
  readonly name: string
  readonly takesMs: number
}

/** An async transition of the server, which shows what it expects. */
export interface LaterSpec extends Keyed {
  readonly kind: 'later'
  readonly name: string
  readonly takesMs: number
}

/** A component with state, a number, which chooses what it puts out. */
export interface BoxSpec extends Keyed {
  readonly kind: 'box'
  readonly flavor: Flavor
  readonly name: string
  /** What the custom comparison of `memo` looks at. */
  readonly revision: number
  readonly variants: readonly Spec[]
}

/** A component without state that gets its children from the one around. */
export interface WrapSpec extends Parent {
  readonly kind: 'wrap'
  readonly flavor: WrapFlavor
}

/** A component of the browser, with state there. */
export interface WidgetSpec extends Parent {
  readonly kind: 'widget'
  readonly widget: WidgetName
  readonly left: Spec | null
  /** One of these, by the state of the box around. */
  readonly data: readonly unknown[]
  readonly action: string | null
}

/** Something that is not there before a promise is; which promise depends on the state of the box around. */
export interface AwaitSpec extends Parent {
  readonly kind: 'await'
  readonly flavor: 'async' | 'use' | 'lazy' | 'child'
  readonly promises: readonly number[]
}

/** True where something in a part of a program may wait for a promise. */
export function waitsIn(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  return (part as { kind?: unknown }).kind === 'await' || Object.values(part).some(waitsIn)
}
