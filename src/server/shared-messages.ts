import type { Body, ErrorBody } from '../protocol/messages.ts'
import type { CallRow } from './shared-call-log.ts'

/** Who runs a shared root. Of two claims the one with the higher epoch counts; then the older one. */
export interface Claim {
  readonly from: string
  readonly epoch: number
  /** When it was made, by the clock of its server. */
  readonly sinceMs: number
}

/** Whether a claim counts rather than another one: the same answer on every server. */
export function beats(one: Claim, other: Claim): boolean {
  if (one.epoch !== other.epoch) return one.epoch > other.epoch
  if (one.sinceMs !== other.sinceMs) return one.sinceMs < other.sinceMs
  return one.from < other.from
}

/** The state behind one slot, as a session's snapshot has it. */
export type StateRow = readonly [id: number, text: string]

/** What changed in the state of the tree. */
export interface StateNews {
  /** How often it has changed, with this. */
  readonly version?: number
  readonly rows: readonly StateRow[]
  readonly gone: readonly number[]
  /** The calls that began, or ended, since. */
  readonly calls?: readonly CallRow[]
  /** Names the tree that has it: where who has it goes on, the tree is the same. */
  readonly tree?: string
  /** It is not told any more, and what was told is to be forgotten. */
  readonly tooLarge?: true
}

/** A shared root inside the root: the component's id, the key, the data of its props as text, and its outlets. */
export type InnerRow = readonly [definition: string, key: string, data: string, outlets: readonly string[]]

/** What a frame travels with. */
export interface FrameNews {
  readonly sequence: number
  /** Where the rest of the payload comes from, by the owner's number. */
  readonly stream?: number
  /** All shared roots inside it, where they are not what they were. */
  readonly inner?: readonly InnerRow[]
  readonly state?: StateNews
  /** Client modules that the frame shows, where they were not told before. */
  readonly modules?: readonly string[]
}

/** What the owner says: each message has its claim. */
export type OwnerMessage =
  /** It runs the root. In answer to one server where there is a `to`. */
  | { readonly type: 'own'; readonly to?: string }
  | ({ readonly type: 'frame' } & FrameNews)
  | ({ readonly type: 'picture'; readonly to: string } & FrameNews)
  | { readonly type: 'state'; readonly state: StateNews }
  | { readonly type: 'chunk' | 'end'; readonly stream: number }
  /** A call ran. Its effects are in that frame. The body is what it returned. */
  | {
      readonly type: 'result'
      readonly to: string
      readonly call: number
      readonly sequence: number
      readonly error?: ErrorBody
    }
  /** An error that nothing caught has ended the root. */
  | { readonly type: 'failed'; readonly error: ErrorBody }
  /** The owner does not run it any more. */
  | { readonly type: 'ends' }

/** A call of a viewer of another server; the body is the text of its arguments. */
export interface ForwardedCall {
  readonly type: 'call'
  readonly to: string
  readonly call: number
  /** The caller's `callId`. */
  readonly id: string
  /** True where another owner may have run it. */
  readonly again?: true
  readonly slot: number
  readonly path: string
  readonly seen: number
  /** What the viewer is known to show, and what was sent to it, in the owner's frames. */
  readonly shown: number
  readonly sent: number
  /** What the viewer's frame numbers are greater by. */
  readonly offset: number
  /** The caller's `LiveSession`, as text. */
  readonly session: string
  readonly hasArguments: boolean
}

/** What those say who have no claim. */
export type FollowerMessage =
  /** Who runs the root? */
  | { readonly type: 'seek' }
  /** That one does, as far as is known: it may have died, and then another one goes on with its state. */
  | { readonly type: 'known'; readonly to: string; readonly owner: Claim }
  /** Wants a picture, and from then on every frame; `state` where it wants the state too. */
  | { readonly type: 'join'; readonly to: string; readonly state: boolean }
  /** Nobody here sees the root any more. */
  | { readonly type: 'leave' }
  /** All its viewers show that frame. */
  | { readonly type: 'shown'; readonly to: string; readonly sequence: number }
  | ForwardedCall

export type SharedMessage = { readonly from: string } & (
  | FollowerMessage
  | (OwnerMessage & Omit<Claim, 'from'>)
)

/** What servers tell each other of one shared root is told at this topic; application patterns do not match it. */
export function sharedTopic(hash: string): string {
  return `$shared:${hash}`
}

/** Where servers with shared roots say that they live. */
export const sharedServersTopic = '$shared'

/** A message as it travels: a line of JSON, and the body. */
export function writeMessage(message: SharedMessage, body: Body = ''): string {
  if (typeof body === 'string') return `${JSON.stringify(message)}\n${body}`
  return `${JSON.stringify({ ...message, bytes: true })}\n${Buffer.from(body).toString('base64')}`
}

export function readMessage(text: string): { readonly message: SharedMessage; readonly body: Body } {
  const end = text.indexOf('\n')
  const message = JSON.parse(text.slice(0, end))
  const body = text.slice(end + 1)
  return { message, body: message.bytes ? Buffer.from(body, 'base64') : body }
}
