/** The version of the protocol that this code speaks; the first message of each side names it. */
export const protocolVersion = 2

/** The WebSocket subprotocol. */
export const subprotocol = 'liveroot.2'

/** A message's body: text, or bytes where Flight has binary rows. */
export type Body = string | Uint8Array

interface Shape {
  readonly letter: string
  /** Whole numbers, in the order in which they travel. */
  readonly fields: readonly string[]
  /** How many of the fields, counted from the end, may be left out. */
  readonly optional?: number
  readonly body: 'none' | 'optional' | 'required'
}

/**
 * Every message of the protocol, by name: `letter`, then the fields with commas between, then, where there is a body,
 * a line feed and the body to the end. `PROTOCOL.md` says what each one means.
 */
export const shapes = {
  // From the browser
  hello: { letter: 'h', fields: ['version'], body: 'optional' },
  mount: { letter: 'm', fields: ['root'], body: 'required' },
  unmount: { letter: 'u', fields: ['root'], body: 'none' },
  call: { letter: 'c', fields: ['call', 'root', 'seen', 'slot', 'action'], optional: 1, body: 'required' },
  acknowledge: { letter: 'a', fields: ['root', 'received', 'shown'], body: 'none' },
  argument: { letter: 'v', fields: ['call', 'argument'], body: 'required' },
  pull: { letter: 'g', fields: ['stream', 'count'], body: 'none' },
  cancel: { letter: 'n', fields: ['stream'], body: 'none' },
  upload: { letter: 'b', fields: ['upload', 'size'], body: 'required' },
  discard: { letter: 'o', fields: ['upload'], body: 'none' },
  ping: { letter: 'p', fields: [], body: 'none' },
  // From the server
  welcome: { letter: 'w', fields: ['version', 'heartbeatMs', 'window'], body: 'required' },
  frame: { letter: 'f', fields: ['root', 'sequence', 'action', 'stream'], optional: 2, body: 'required' },
  result: { letter: 'r', fields: ['call', 'sequence', 'stream'], optional: 1, body: 'optional' },
  chunk: { letter: 's', fields: ['stream'], body: 'required' },
  end: { letter: 'e', fields: ['stream'], body: 'none' },
  item: { letter: 'i', fields: ['stream'], body: 'required' },
  done: { letter: 'd', fields: ['stream'], body: 'optional' },
  uploaded: { letter: 'k', fields: ['upload', 'bytes'], body: 'none' },
  uploadError: { letter: 'l', fields: ['upload'], body: 'required' },
  rootError: { letter: 'x', fields: ['root'], body: 'required' },
  callError: { letter: 'y', fields: ['call', 'sequence'], body: 'required' },
  refusal: { letter: 'z', fields: [], body: 'required' },
  pong: { letter: 'q', fields: [], body: 'none' },
  // From both
  receipt: { letter: 't', fields: ['count'], body: 'none' },
} as const satisfies Record<string, Shape>

type Shapes = typeof shapes
export type MessageType = keyof Shapes

type OptionalField = 'stream' | 'action'
type Fields<T extends MessageType> = Shapes[T]['fields'][number]
type IsOptional<T extends MessageType> = Shapes[T] extends { optional: number } ? OptionalField : never
type BodyOf<T extends MessageType> = Shapes[T]['body'] extends 'required'
  ? { readonly body: Body }
  : Shapes[T]['body'] extends 'optional'
    ? { readonly body?: Body }
    : unknown

/** One message, with its fields by name. */
export type Message<T extends MessageType = MessageType> = T extends MessageType
  ? { readonly type: T } & { readonly [F in Exclude<Fields<T>, IsOptional<T>>]: number } & {
      readonly [F in Extract<Fields<T>, IsOptional<T>>]?: number
    } & BodyOf<T>
  : never

const up = [
  'hello',
  'mount',
  'unmount',
  'call',
  'acknowledge',
  'argument',
  'pull',
  'cancel',
  'upload',
  'discard',
  'ping',
  'receipt',
] as const
const down = [
  'welcome',
  'frame',
  'unmount',
  'result',
  'chunk',
  'end',
  'item',
  'done',
  'uploaded',
  'uploadError',
  'rootError',
  'callError',
  'refusal',
  'pong',
  'receipt',
] as const

/** What a browser may send. */
export type UpMessage = Message<(typeof up)[number]>
/** What a server may send. */
export type DownMessage = Message<(typeof down)[number]>

/** The body of `rootError`, `callError`, `uploadError` and `refusal`, as JSON. */
export interface ErrorBody {
  /** One of the codes of `errors.ts`. */
  readonly code: string
  /** Names the error in the server's log. */
  readonly digest?: string
  /** Only in development, or where the message is meant for users. */
  readonly message?: string
  /** What a `UserError` or a schema adds. */
  readonly details?: unknown
  /** In a refusal: the browser comes back after this time, or up to twice as long, in milliseconds. */
  readonly retryAfterMs?: number
}

/** The body of `hello`, as JSON. A browser that has no session yet leaves it out. */
export interface HelloBody {
  /** The session to go on with, as the last welcome named it. */
  readonly token?: string
  /** How many of the session's messages it has. A page that was loaded anew, and has nothing, leaves it out. */
  readonly received?: number
  /** Which count that is, as the last welcome named it. */
  readonly series?: number
  /**
   * Grows with each hello of the page. Of several that show one token, those that come after a later one were delayed on
   * their way: they are refused (`outdated_hello`).
   */
  readonly attempt?: number
}

/**
 * What became of the session:
 * - `resumed`: it goes on, and both sides send what the other is missing.
 * - `restored`: its state is there, and the answers of its calls, but not what was on the way. Both sides count from 0; the
 *   browser mounts its roots again, and sends its unanswered calls again by their numbers.
 * - `new`: nothing is known of an earlier one.
 */
export type SessionOutcome = 'new' | 'resumed' | 'restored'

/** The body of `welcome`, as JSON. */
export interface WelcomeBody {
  /** Names the session, and proves that it is the browser's. */
  readonly token: string
  readonly session: SessionOutcome
  /** Names this count of messages: another after each restart, whose welcome may have been lost. */
  readonly series: number
  /** How many of the browser's messages the session has handled. */
  readonly handled: number
  /** The client's build that belongs to this server; left out where there is none. */
  readonly build?: string
  /** How many calls the browser may have unanswered. */
  readonly maxCalls: number
  /** The largest message that the server takes, in bytes. */
  readonly maxMessageBytes: number
}

export const upTypes: readonly MessageType[] = up
export const downTypes: readonly MessageType[] = down

const uncounted: ReadonlySet<MessageType> = new Set([
  'hello',
  'welcome',
  'refusal',
  'acknowledge',
  'receipt',
  'ping',
  'pong',
])

/** True for the messages that must not be lost with a connection. Both sides of a session count them, each way from 1. */
export function isCounted(type: MessageType): boolean {
  return !uncounted.has(type)
}
