/** The version of the protocol that this code speaks; the first message of each side names it. */
export const protocolVersion = 1

/** The WebSocket subprotocol. */
export const subprotocol = 'liveroot.1'

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
  hello: { letter: 'h', fields: ['version'], body: 'none' },
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
  welcome: { letter: 'w', fields: ['version', 'heartbeatMs', 'window'], body: 'none' },
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
}

export const upTypes: readonly MessageType[] = up
export const downTypes: readonly MessageType[] = down
